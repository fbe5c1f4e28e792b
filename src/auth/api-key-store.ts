import { randomUUID } from 'node:crypto';
import type { Database } from '../storage/database';
import { asUuid } from '../uuid';
import type { ApiKeyRecord, KeyRole, NewKey } from './api-key';

const COLUMNS = `id::text, organization_id as "organizationId", role, label, prefix,
  ${isoTime('created_at')} as "createdAt", created_by as "createdBy",
  ${isoTime('last_used_at')} as "lastUsedAt", ${isoTime('revoked_at')} as "revokedAt"`;
const LONGEST_LIST = 1_000;
/** How exactly `lastUsedAt` is kept: a write for every request would cost more than the request. */
const USE_SECONDS = 60;

interface HashedKey extends ApiKeyRecord {
  readonly hash: string;
}

/** A key and what it is verified by. */
export interface StoredKey extends HashedKey {
  /** Its last use was written down long enough ago to be written again. */
  readonly useIsOld: boolean;
  /** What its organization settled for each of its keys; null: no limit. */
  readonly requestsPerMinute: number | null;
}

/** API keys in the database. */
export class ApiKeyStore {
  constructor(private readonly database: Database) {}

  async add(
    organizationId: string,
    { prefix, hash }: NewKey,
    { role, label, createdBy }: { role: KeyRole; label: string; createdBy: string },
  ): Promise<ApiKeyRecord> {
    const [key] = await this.database.scope(organizationId).query<ApiKeyRecord>(
      `insert into api_keys (id, organization_id, role, label, prefix, hash, created_by)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
      [randomUUID(), organizationId, role, label, prefix, hash, createdBy],
    );
    return key as ApiKeyRecord;
  }

  /** The newest first, revoked ones too. @param prefix how their prefixes begin; null: however they do. */
  list(organizationId: string, prefix: string | null): Promise<ApiKeyRecord[]> {
    return this.database.scope(organizationId).query<ApiKeyRecord>(
      `select ${COLUMNS} from api_keys where organization_id = $1 and starts_with(prefix, $2)
        order by number desc limit ${LONGEST_LIST}`,
      [organizationId, prefix ?? ''],
    );
  }

  /** Ends a key; one that has ended stays as it is. @returns null when there is none of this id or prefix. */
  async revoke(organizationId: string, idOrPrefix: string): Promise<HashedKey | null> {
    const [key] = await this.database.scope(organizationId).query<HashedKey>(
      `update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp())
        where organization_id = $1 and (id = $2::uuid or prefix = $3) returning ${COLUMNS}, hash`,
      [organizationId, asUuid(idOrPrefix), idOrPrefix],
    );
    return key ?? null;
  }

  /** The keys in force of these prefixes, of all organizations. */
  findLive(prefixes: readonly string[]): Promise<StoredKey[]> {
    return this.database.system.query<StoredKey>(
      `select ${COLUMNS}, hash,
              coalesce(last_used_at < clock_timestamp() - interval '${USE_SECONDS} seconds', true) as "useIsOld",
              (select requests_per_minute from organizations o where o.id = organization_id) as "requestsPerMinute"
         from api_keys
        where prefix = any($1::text[]) and revoked_at is null`,
      [prefixes],
    );
  }

  /** Which of these keys are in force still. */
  async stillLive(ids: readonly string[]): Promise<string[]> {
    const keys = await this.database.system.query<{ id: string }>(
      'select id::text from api_keys where id = any($1::uuid[]) and revoked_at is null',
      [ids],
    );
    return keys.map(({ id }) => id);
  }

  /** Whether anybody has a key of role ADMIN that is in force. */
  async hasAdmin(): Promise<boolean> {
    const keys = await this.database.system.query(
      "select from api_keys where role = 'ADMIN' and revoked_at is null limit 1",
    );
    return keys.length > 0;
  }

  async noteUse(id: string): Promise<void> {
    await this.database.system.query('update api_keys set last_used_at = clock_timestamp() where id = $1', [
      id,
    ]);
  }
}

function isoTime(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
