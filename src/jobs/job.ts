import type { ReportProgress } from '../progress';

export type JobKind = 'INGEST' | 'TRAIN' | 'REPORT' | 'RECLUSTER';
export type JobStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** Work that takes long: it outlives the request that asked for it, and the process that does it. Plain JSON. */
export interface JobRecord {
  readonly id: string;
  /** In the organization's list of jobs. */
  readonly place: string;
  readonly organizationId: string;
  readonly kind: JobKind;
  readonly status: JobStatus;
  /** 0..1. */
  readonly progress: number;
  /** What is being done now, or was last. */
  readonly message: string | null;
  /** Why it FAILED. */
  readonly error: string | null;
  readonly input: unknown;
  /** What it came to, when it SUCCEEDED. */
  readonly result: unknown;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export type JobOf<Input> = JobRecord & { readonly input: Input };

/** While a job runs. */
export interface JobControl {
  readonly report: ReportProgress;
  /** Aborted when the job is cancelled, or the gateway closes. */
  readonly signal: AbortSignal;
}

/**
 * Does the jobs of one kind. It must be safe to run again after the process died on the way: it begins anew or goes
 * on, and leaves nothing twice. What it throws as ClientError becomes the job's error; anything else is a defect.
 */
export interface JobHandler<Input, Result> {
  readonly kind: JobKind;
  run(job: JobOf<Input>, control: JobControl): Promise<Result>;
  /** Clears up after a job that will not succeed: it FAILED, for this reason, or was CANCELLED. Safe to repeat. */
  ended?(job: JobOf<Input>, reason: string): Promise<void>;
}
