import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Database } from '../src/storage/database';
import { PgliteDatabase } from '../src/storage/pglite/pglite';
import { PostgresDatabase } from '../src/storage/postgres';
import { describeWith, service } from './services';

/** A database of a test's own, empty; `remove` closes it and leaves nothing behind. */
export interface TestDatabase {
  readonly database: Database;
  /** The environment that makes a gateway use this database. */
  readonly environment: Record<string, string>;
  remove(): Promise<void>;
}

export async function embeddedDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
  const database = await PgliteDatabase.open(directory, { durability: 'process' });
  return {
    database,
    environment: { DATA_DIR: directory, DURABILITY: 'process' },
    remove: async () => {
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function postgresDatabase(): Promise<TestDatabase> {
  const server = service('postgres') ?? '';
  const name = `tertulia_test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name}`);
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = new PostgresDatabase({ url: url.href });
  return {
    database,
    environment: { DATABASE_URL: url.href, DATA_DIR: directory },
    remove: async () => {
      await database.close();
      await administer(server, `drop database ${name} with (force)`);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function administer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** The database as two gateways have it: each its own connections, where it can be shared. */
export function ofTwoGateways({ database, environment }: TestDatabase): Database[] {
  const url = environment['DATABASE_URL'];
  return url === undefined ? [database] : [database, new PostgresDatabase({ url })];
}

/** Runs the same suite over every database adapter. */
export function describeEachDatabase(suite: (open: () => Promise<TestDatabase>) => void): void {
  describe('embedded (PGlite)', () => suite(embeddedDatabase));
  describeWith('postgres')('PostgreSQL', () => suite(postgresDatabase));
}
