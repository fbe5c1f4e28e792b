import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { create } from 'tar';
import { migrate } from '../migrate';
import { PgliteDatabase } from './pglite';
import { DATABASE_TEMPLATE } from './pglite-template';

/**
 * Build step: a database directory with every migration, but no data, packed. Creating one takes seconds and 800 MB,
 * and the migrations 50 MB, which WebAssembly never gives back: hence here, once, in a process that ends. Few shared
 * buffers halve the memory of the process that serves.
 */
async function makeTemplate(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-template-'));
  const files = join(directory, 'database');
  try {
    await (await PGlite.create(files)).close();
    await appendFile(join(files, 'postgresql.conf'), '\nshared_buffers = 16MB\n');
    const database = await PgliteDatabase.open(directory, { durability: 'process' });
    await migrate(database);
    await database.close();
    await create({ file: DATABASE_TEMPLATE, cwd: files, gzip: true, portable: true }, ['.']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

void makeTemplate();
