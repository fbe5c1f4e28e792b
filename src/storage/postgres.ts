import { escapeLiteral, Pool, type PoolClient } from 'pg';
import { ClientError } from '../errors';
import { type Access, type Database, NUL_IN_TEXT, nulInText, type Queryable, SCOPED_ROLE } from './database';

const CONFLICTS = new Set(['40001', '40P01']);
/** SQLSTATE classes and codes, and system errors, that mean the server cannot be used just now. */
const UNREACHABLE = /^(08|57P|53|E(CONN|PIPE|HOSTUNREACH|TIMEDOUT|NOTFOUND|AI_AGAIN))/;
/** What the driver says without a code. */
const TIMED_OUT = /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated)/;
const ATTEMPTS = 5;
const STATEMENT_MS = 60_000;

type Work<T> = (transaction: Queryable) => Promise<T>;

export interface PostgresOptions {
  readonly url: string;
  /** Most connections held at once. */
  readonly connections?: number;
}

/** PostgreSQL behind a pool of connections. */
export class PostgresDatabase implements Database {
  readonly concurrency: number;
  readonly system: Access = {
    query: (sql, parameters = []) => this.#query(sql, parameters),
    call: (procedure, input) =>
      this.#withRetries('begin', (transaction) => procedure.run(transaction, input)),
  };
  readonly #pool: Pool;

  constructor({ url, connections = 10 }: PostgresOptions) {
    this.concurrency = connections;
    this.#pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: 5_000,
      // A server that went silent must not hold requests for ever.
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS + 5_000,
      keepAlive: true,
      application_name: 'tertulia',
    });
    // An idle connection that breaks is replaced by the pool; the next query tells if the server is gone.
    this.#pool.on('error', () => undefined);
  }

  scope(organizationId: string): Access {
    const open = `begin; set local role ${SCOPED_ROLE}; set local tertulia.organization = ${escapeLiteral(organizationId)}`;
    return {
      query: (sql, parameters) => this.#withRetries(open, (scoped) => scoped.query(sql, parameters)),
      call: (procedure, input) => this.#withRetries(open, (scoped) => procedure.run(scoped, input)),
    };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #query<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      throw asClientError(error);
    }
  }

  async #withRetries<T>(open: string, work: Work<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(open, work);
      } catch (error) {
        if (!CONFLICTS.has(codeOf(error)) || attempt === ATTEMPTS) throw asClientError(error);
      }
    }
  }

  async #attempt<T>(open: string, work: Work<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await inTransaction(client, open, work);
    } catch (error) {
      if (isUnreachable(error)) broken = error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }
}

/** @param open the statements that begin it. */
async function inTransaction<T>(client: PoolClient, open: string, work: Work<T>): Promise<T> {
  await client.query(open);
  try {
    const result = await work({
      query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
        (await client.query<Row>(sql, [...parameters])).rows,
    });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.test(codeOf(error)) || (error instanceof Error && TIMED_OUT.test(error.message));
}

function asClientError(error: unknown): unknown {
  if (codeOf(error) === NUL_IN_TEXT) return nulInText();
  if (!isUnreachable(error)) return error;
  const unavailable = new ClientError(
    'STORAGE_UNAVAILABLE',
    'The database cannot be reached just now: try again in a moment.',
  );
  unavailable.cause = error;
  return unavailable;
}
