import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { ClientError } from '../errors';

interface Usable {
  readonly bavail: number;
  readonly bsize: number;
}

/** The room on a directory's disk, of which a reserve is kept: a full disk stops what cannot be stopped half way. */
export class DiskSpace {
  constructor(
    private readonly directory: string,
    /** Bytes; 0: none is kept. */
    readonly reserve: number,
  ) {}

  /** Bytes that this process may still write. It takes microseconds. */
  free(): number {
    return usable(statfsSync(this.directory));
  }

  /** @throws ClientError STORAGE_UNAVAILABLE when less than the reserve is free. */
  async check(): Promise<void> {
    const free = usable(await statfs(this.directory));
    if (free < this.reserve) throw diskFull(free, this.reserve);
  }

  /** What is answered when there was no room for a write. */
  full(): ClientError {
    return diskFull(this.free(), this.reserve);
  }

  /** Calls back once when less than the reserve is free. @returns what ends the watch. */
  watch(onFull: (error: ClientError) => void): () => void {
    const timer = setInterval(() => {
      if (this.free() >= this.reserve) return;
      clearInterval(timer);
      onFull(this.full());
    }, WATCH_MS);
    return () => clearInterval(timer);
  }
}

/** A task writes some tens of megabytes in the meantime, at most. */
const WATCH_MS = 100;

function usable({ bavail, bsize }: Usable): number {
  return bavail * bsize;
}

function diskFull(free: number, reserve: number): ClientError {
  return new ClientError(
    'STORAGE_UNAVAILABLE',
    `The disk is full: ${megabytes(free)} are free, and ${megabytes(reserve)} are needed before anything is written.`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
