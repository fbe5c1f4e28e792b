import { createReadStream, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, constants, createBrotliDecompress } from 'node:zlib';
import { Client } from 'pg';
import { extract } from 'tar';
import type { Database } from '../../src/storage/database';
import { PgliteDatabase } from '../../src/storage/pglite/pglite';
import { PostgresDatabase } from '../../src/storage/postgres';
import { postgresDatabase } from '../databases';
import { embeddedStorage, type Storage } from './storages';

const FOLDER = join(__dirname, '../fixtures/versions');
/** Every version that what the present one keeps can have come from. `scripts/make-version-fixture.mjs` makes them. */
export const VERSIONS = readdirSync(FOLDER);

/** What the version left in an embedded database. */
export async function embeddedOf(version: string): Promise<Storage> {
  const storage = await embeddedStorage();
  await unpack(version, 'embedded', storage);
  return storage;
}

/** What the version left in PostgreSQL, and in its folder of files. */
export async function postgresOf(version: string): Promise<Storage> {
  const storage = await postgresDatabase();
  await unpack(version, 'postgres-files', storage);
  const sql = brotliDecompressSync(await readFile(join(FOLDER, version, 'postgres.sql.br'))).toString();
  const client = new Client({ connectionString: storage.environment['DATABASE_URL'] ?? '' });
  await client.connect();
  // The one thing that belongs to the server, not to the database.
  await client.query(
    'do $$ begin create role tertulia_scoped nologin; exception when duplicate_object or unique_violation then null; end $$',
  );
  await client.query(sql);
  await client.end();
  return storage;
}

/** As it is: nothing is migrated. */
export async function openStorage({ environment }: Pick<Storage, 'environment'>): Promise<Database> {
  const { DATABASE_URL: url, DATA_DIR = '' } = environment;
  return url === undefined
    ? PgliteDatabase.open(DATA_DIR, { durability: 'process' })
    : new PostgresDatabase({ url });
}

async function unpack(version: string, name: string, { environment }: Storage): Promise<void> {
  const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
  await pipeline(
    createReadStream(join(FOLDER, version, `${name}.tar.br`)),
    createBrotliDecompress({ params }),
    extract({ cwd: environment['DATA_DIR'] ?? '' }),
  );
}
