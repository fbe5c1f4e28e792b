import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/config';
import { postgresDatabase } from '../databases';
import { describeWith } from '../services';

/** Where a gateway keeps its things: empty at first, and nothing is left after `remove`. */
export interface Storage {
  readonly environment: Environment;
  remove(): Promise<void>;
}

export async function embeddedStorage(): Promise<Storage> {
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
  return {
    // Not to wait for the disk with every start; `crash.test` does.
    environment: { DATA_DIR: directory, DURABILITY: 'process' },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The storage of a whole suite. */
export function useStorage(open: () => Promise<Storage>): Pick<Storage, 'environment'> {
  let storage: Storage;
  beforeAll(async () => {
    storage = await open();
  });
  afterAll(() => storage.remove());
  return {
    get environment() {
      return storage.environment;
    },
  };
}

/** Runs the same suite over a gateway's every kind of storage. */
export function describeEachStorage(suite: (open: () => Promise<Storage>) => void): void {
  describe('embedded (PGlite)', () => suite(embeddedStorage));
  describeWith('postgres')('PostgreSQL', () => suite(postgresDatabase));
}
