import { escapeLiteral, Pool, type PoolClient } from 'pg';
import {
  type Access,
  type Database,
  NUL_IN_TEXT,
  nulInText,
  SCOPED_ROLE,
  type Transaction,
} from './database';
import { Outage, type OutageLog } from './outage';
import { isUnreachable, unreachable } from './unreachable';

const CONFLICTS = new Set(['40001', '40P01']);
const ATTEMPTS = 5;
const STATEMENT_MS = 60_000;
/** How much later than the server's own time limit it counts as silent. */
const SILENCE_MS = 5_000;

type Work<T> = (transaction: Transaction) => Promise<T>;

export interface PostgresOptions {
  readonly url: string;
  /** Most connections held at once. */
  readonly connections?: number;
  /** How long a statement may take; a server that has gone silent is given up some seconds later. */
  readonly statementMs?: number;
  readonly outages?: OutageLog;
}

const NOT_LOGGED: OutageLog = { began: () => undefined, ended: () => undefined };

/** PostgreSQL behind a pool of connections. */
export class PostgresDatabase implements Database {
  readonly concurrency: number;
  readonly system: Access = {
    query: (sql, parameters = []) => this.#query(sql, parameters),
    call: (procedure, input) =>
      this.#withRetries('begin', (transaction) => procedure.run(transaction, input)),
  };
  readonly #pool: Pool;
  readonly #outage: Outage;

  constructor({ url, connections = 10, statementMs = STATEMENT_MS, outages = NOT_LOGGED }: PostgresOptions) {
    this.concurrency = connections;
    this.#outage = new Outage(outages);
    this.#pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: 5_000,
      // A server that went silent must not hold requests for ever.
      statement_timeout: statementMs,
      query_timeout: statementMs + SILENCE_MS,
      keepAlive: true,
      // Statements are sent without waiting for the answers before: one round trip begins, asks and commits.
      pipeline: true,
      application_name: 'tertulia',
    });
    // An idle connection that breaks is replaced by the pool; the next query tells if the server is gone.
    this.#pool.on('error', () => undefined);
  }

  scope(organizationId: string): Access {
    const open = `begin; set local role ${SCOPED_ROLE}; set local tertulia.organization = ${escapeLiteral(organizationId)}`;
    return {
      query: (sql, parameters) => this.#withRetries(open, (scoped) => scoped.last(sql, parameters)),
      call: (procedure, input) => this.#withRetries(open, (scoped) => procedure.run(scoped, input)),
    };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #query<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.#withClient(async (client) => (await client.query<Row>(sql, [...parameters])).rows);
  }

  async #withRetries<T>(open: string, work: Work<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#withClient((client) => inTransaction(client, open, work));
      } catch (error) {
        if (!CONFLICTS.has(codeOf(error)) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      const result = await work(client);
      this.#outage.succeeded();
      return result;
    } catch (error) {
      if (isUnreachable(error)) broken ??= error as Error;
      if (codeOf(error) === NUL_IN_TEXT) throw nulInText();
      throw broken === undefined ? error : this.#unavailable(broken);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  /** Whatever keeps a connection from being made, and without whom the fault is: no request can be answered. */
  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): Error {
    this.#outage.failed(cause);
    return unreachable(cause);
  }
}

/** @param open the statements that begin it. */
async function inTransaction<T>(client: PoolClient, open: string, work: Work<T>): Promise<T> {
  const begun = sent(client.query(open));
  let committed: Promise<unknown> | undefined;
  const query = async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...parameters])).rows;
  const last: Transaction['last'] = (sql, parameters) => {
    const rows = query<never>(sql, parameters);
    // After a statement that failed it commits nothing: PostgreSQL then rolls back.
    committed = sent(client.query('commit'));
    return rows;
  };
  try {
    const result = await work({ query, last });
    await (committed ?? client.query('commit'));
    return result;
  } catch (error) {
    // Where the transaction did not begin, what came after only says that it cannot go on.
    const cause = await begun.then(
      () => error,
      (first: unknown) => first,
    );
    // What broke is dropped, and a server that is silent would not answer this either.
    if (!isUnreachable(cause)) await client.query('rollback').catch(() => undefined);
    throw cause;
  }
}

/** Lets a failure wait until somebody looks at it. */
function sent<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
