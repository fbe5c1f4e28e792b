import type { ReportProgress } from '../progress';

/**
 * The heavy part of a job. It runs in a process of its own (`run-task`), at a lower priority: so it leaves the
 * gateway's event loop and memory alone, and stops at once when it is cancelled. Its module is loaded there by
 * name; input and output are plain JSON. It touches files alone, no database.
 *
 * What it throws as ClientError is the user's to mend, and becomes the job's error.
 */
export interface Task<Input, Output> {
  run(input: Input, report: ReportProgress): Promise<Output>;
}

/** A task by its name: who has it run elsewhere does not load it, nor the tens of megabytes that it may need. */
export interface TaskName<Input, Output> {
  /** The compiled module that exports it as `task`: a path below `dist`, or an absolute one. */
  readonly module: string;
  /** Never there: it ties the types to the name. */
  readonly task?: Task<Input, Output>;
}
