/** Runs SQL: `$1`, `$2`, … stand for the parameters. */
export interface Queryable {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/**
 * The store behind everything that must last. Adapters: PGlite (embedded) and PostgreSQL, same SQL.
 *
 * Queries cast what the two drivers read differently (`bigint` to text). An unreachable database is
 * ClientError STORAGE_UNAVAILABLE; any other failure is a defect and thrown as it is.
 */
export interface Database extends Queryable {
  /** How many transactions can make progress at the same time. */
  readonly concurrency: number;
  /** Runs `work` in one transaction, rolled back when it throws. `work` may run again after a conflict. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
