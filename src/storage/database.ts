/** Runs SQL: `$1`, `$2`, … stand for the parameters. */
export interface Queryable {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/**
 * A transaction as a unit. It runs where the database is, which for the embedded one is another thread: so its
 * module is loaded there by name, and input and output are plain JSON. It may run again after a conflict.
 */
export interface Procedure<Input, Output> {
  /** The compiled module that exports it as `procedure`: a path below `dist`, or an absolute one. */
  readonly module: string;
  run(transaction: Queryable, input: Input): Promise<Output>;
}

/**
 * The store behind everything that must last. Adapters: PGlite (embedded) and PostgreSQL, same SQL.
 *
 * Queries cast what the two drivers read differently (`bigint` to text). An unreachable database is
 * ClientError STORAGE_UNAVAILABLE; any other failure is a defect and thrown as it is.
 */
export interface Database extends Queryable {
  /** How many procedures are worth calling at the same time. */
  readonly concurrency: number;
  /** Runs the procedure in one transaction, rolled back when it throws. */
  call<Input, Output>(procedure: Procedure<Input, Output>, input: Input): Promise<Output>;
  close(): Promise<void>;
}
