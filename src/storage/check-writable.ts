import type { Database, Procedure } from './database';

/** Writes what stands there already: the row is locked, its new version logged, and the commit reaches the disk. */
export const procedure: Procedure<null, null> = {
  module: 'storage/check-writable',
  async run(transaction) {
    await transaction.query(
      `update schema_migrations set applied_at = applied_at
       where name = (select min(name) from schema_migrations)`,
    );
    return null;
  },
};

/** Rejects when the database takes no writes now. */
export async function checkWritable(database: Database): Promise<void> {
  await database.system.call(procedure, null);
}
