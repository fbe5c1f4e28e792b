import { openDatabase } from '../app';
import type { ApiKeyRecord, KeyRole } from '../auth/api-key';
import { ApiKeyStore } from '../auth/api-key-store';
import { ApiKeys } from '../auth/api-keys';
import { loadConfig } from '../config';
import { AuditLog } from '../organizations/audit-log';
import { Organizations } from '../organizations/organizations';
import { migrate } from '../storage/migrate';

export interface KeyOptions {
  readonly organization: string;
}

export interface CreateKeyOptions extends KeyOptions {
  readonly role: KeyRole;
  readonly label: string;
}

/** As whom the audit knows who is here. */
const ACTOR = 'command line';

/** `tertulia key create`: the key alone goes to standard output. */
export async function createKey({ organization, role, label }: CreateKeyOptions): Promise<void> {
  await withKeys(organization, async (keys, note) => {
    const { key, secret } = await keys.create(organization, { role, label, createdBy: ACTOR });
    await note('createApiKey', key, { role, label, prefix: key.prefix });
    process.stderr.write(`The key of role ${role} for ${organization}; it cannot be shown again:\n`);
    process.stdout.write(`${secret}\n`);
  });
}

/** `tertulia key list`. */
export async function listKeys({ organization }: KeyOptions): Promise<void> {
  await withKeys(organization, async (keys) => {
    const rows = (await keys.list(organization, null)).map(rowOf);
    process.stdout.write(table([HEADINGS, ...rows]));
  });
}

/** `tertulia key revoke`. @param key its id or prefix. */
export async function revokeKey(key: string, { organization }: KeyOptions): Promise<void> {
  await withKeys(organization, async (keys, note) => {
    const revoked = await keys.revoke(organization, key);
    await note('revokeApiKey', revoked, { label: revoked.label, prefix: revoked.prefix });
    process.stdout.write(`Revoked ${revoked.prefix} (${revoked.label})\n`);
  });
}

type Note = (action: string, key: ApiKeyRecord, details: Readonly<Record<string, string>>) => Promise<void>;

/** Works on the configured database. The embedded one is a running gateway's alone: then it says so. */
async function withKeys(
  organizationId: string,
  work: (keys: ApiKeys, note: Note) => Promise<void>,
): Promise<void> {
  const config = loadConfig(process.env);
  const database = await openDatabase(config);
  try {
    await migrate(database);
    await new Organizations({ database, defaults: config }).get(organizationId);
    const keys = new ApiKeys({ store: new ApiKeyStore(database), onError: ignore });
    const audit = new AuditLog(database);
    await work(keys, (action, { id: target }, details) =>
      audit.append({ organizationId, actor: ACTOR, action, target, details, address: null }),
    );
  } finally {
    await database.close();
  }
}

/** Nothing here is done in the background. */
function ignore(): void {}

const HEADINGS = ['KEY', 'ROLE', 'LABEL', 'CREATED', 'LAST USED', 'REVOKED'];

function rowOf({ prefix, role, label, createdAt, lastUsedAt, revokedAt }: ApiKeyRecord): string[] {
  return [prefix, role, label, minute(createdAt), minute(lastUsedAt), minute(revokedAt)];
}

function minute(time: string | null): string {
  return time === null ? '-' : `${time.slice(0, 16)}Z`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
