import { ClientError } from '../errors';

/** Runs SQL: `$1`, `$2`, … stand for the parameters. */
export interface Queryable {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends Queryable {
  /** The last statement, committed with what was done before: nothing may fail after it. It spares a round trip. */
  last<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/**
 * A transaction as a unit. It runs where the database is, which for the embedded one is another thread: so its
 * module is loaded there by name, and input and output are plain JSON. It may run again after a conflict.
 */
export interface Procedure<Input, Output> {
  /** The compiled module that exports it as `procedure`: a path below `dist`, or an absolute one. */
  readonly module: string;
  /** It may take minutes. */
  readonly slow?: true;
  run(transaction: Transaction, input: Input): Promise<Output>;
}

/** Statements and procedures with the same rights. */
export interface Access extends Queryable {
  /** Runs the procedure in one transaction, rolled back when it throws. */
  call<Input, Output>(procedure: Procedure<Input, Output>, input: Input): Promise<Output>;
}

/** SQLSTATE of a text with a NUL in it, which PostgreSQL keeps nowhere: nothing of that name can be there. */
export const NUL_IN_TEXT = '22021';

export function nulInText(): ClientError {
  return new ClientError('BAD_USER_INPUT', 'A text holds a NUL character, which no text may.');
}

/** The database role without any right beyond one organization's rows: the setting `tertulia.organization`. */
export const SCOPED_ROLE = 'tertulia_scoped';

/**
 * The store behind everything that must last. Adapters: PGlite (embedded) and PostgreSQL, same SQL.
 *
 * Queries cast what the two drivers read differently (`bigint` to text). An unreachable database is
 * ClientError STORAGE_UNAVAILABLE, a text that no database can hold BAD_USER_INPUT; any other failure is a defect and
 * thrown as it is.
 */
export interface Database {
  /** How many procedures are worth calling at the same time. */
  readonly concurrency: number;
  /** What belongs to one organization: the database itself shows and takes nothing else, whatever is asked. */
  scope(organizationId: string): Access;
  /** All organizations': for the gateway's own work, which no client asks for. */
  readonly system: Access;
  close(): Promise<void>;
}
