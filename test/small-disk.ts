import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEGABYTE = 1e6;

/** A disk of its own in memory, that a test can fill. Linux, root. */
export class SmallDisk {
  private constructor(readonly directory: string) {}

  static async mount(megabytes: number): Promise<SmallDisk> {
    const directory = mkdtempSync(join(tmpdir(), 'tertulia-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], {
        stdio: 'ignore',
      });
    } catch (error) {
      rmSync(directory, { recursive: true });
      throw error;
    }
    return new SmallDisk(directory);
  }

  /** Leaves so many megabytes free. */
  fill(leaving: number): void {
    rmSync(this.#filler, { force: true });
    const { bavail, bsize } = statfsSync(this.directory);
    writeFileSync(this.#filler, Buffer.alloc(Math.max(0, bavail * bsize - leaving * MEGABYTE)));
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    execFileSync('umount', ['--lazy', this.directory]);
    rmSync(this.directory, { recursive: true });
  }

  get #filler(): string {
    return join(this.directory, 'filler');
  }
}
