import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import type { Database, Procedure } from './database';

const LOCK = 7_431_022;

interface Migration {
  readonly name: string;
  readonly script: string;
}

/** How a script names the procedure that completes it, in the same transaction: what SQL cannot compute. */
const THEN = /^--! then (\S+)$/m;

/** Applies one migration unless it was applied before; answers whether it did. */
export const procedure: Procedure<Migration, boolean> = {
  module: 'storage/migrate',
  slow: true,
  async run(transaction, { name, script }) {
    await transaction.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await transaction.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const known = await transaction.query('select from schema_migrations where name = $1', [name]);
    if (known.length > 0) return false;
    // A driver runs one statement at a time; `do` runs a whole script, and in the same transaction.
    await transaction.query(`do $migration$ begin execute ${quoteLiteral(script)}; end $migration$`);
    const [, module] = THEN.exec(script) ?? [];
    if (module !== undefined) {
      const then = (await import(join(packageRoot, 'dist', `${module}.js`))) as {
        procedure: Procedure<null, null>;
      };
      await then.procedure.run(transaction, null);
    }
    await transaction.query('insert into schema_migrations (name) values ($1)', [name]);
    return true;
  },
};

/**
 * Brings the schema up to date: every file of `migrations/`, in the order of their names, once, each in
 * a transaction of its own. Safe when several gateways start at the same time.
 *
 * @returns the names of the migrations that were applied.
 */
export async function migrate(
  database: Database,
  folder = join(packageRoot, 'migrations'),
): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const applied: string[] = [];
  for (const name of files) {
    const script = await readFile(join(folder, name), 'utf8');
    if (await database.system.call(procedure, { name, script })) applied.push(name);
  }
  return applied;
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
