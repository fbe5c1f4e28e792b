import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { create } from 'tar';
import { DATABASE_TEMPLATE } from './pglite';

/**
 * Build step: an empty database directory, packed. Creating one takes seconds and 800 MB, hence here, once,
 * in a process that ends. Few shared buffers halve the memory of the process that serves.
 */
async function makeTemplate(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-template-'));
  try {
    const database = await PGlite.create(directory);
    await database.close();
    await appendFile(join(directory, 'postgresql.conf'), '\nshared_buffers = 16MB\n');
    await create({ file: DATABASE_TEMPLATE, cwd: directory, gzip: true, portable: true }, ['.']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

void makeTemplate();
