import type { Database } from '../storage/database';
import type { QuotaChanges } from './check-settings';
import type { OrganizationRecord, OrganizationSettings, QuotaLimits } from './organization';

/** Of an organization that the operator set no others for: what a large client needs, and one machine can bear. */
export const LIMITS: QuotaLimits = {
  members: 10_000_000,
  cities: 10_000,
  rooms: 100_000,
  events: 10_000_000,
  datasets: 10_000,
  datasetBytes: 100 * 1024 ** 3,
  jobs: 100,
};

const LIMIT_COLUMNS = {
  members: 'max_members',
  cities: 'max_cities',
  rooms: 'max_rooms',
  events: 'max_events',
  datasets: 'max_datasets',
  datasetBytes: 'max_dataset_bytes',
  jobs: 'max_jobs',
} as const satisfies Record<keyof QuotaLimits, string>;

interface OrganizationRow extends OrganizationSettings {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** Those that the operator set; null: the usual one. */
  readonly limits: { readonly [K in keyof QuotaLimits]: number | null };
}

const LIMITS_AS_JSON = Object.entries(LIMIT_COLUMNS)
  .map(([key, column]) => `'${key}', ${column}`)
  .join(', ');

/** Organizations in the database. */
export class OrganizationStore {
  constructor(private readonly database: Database) {}

  /** Null: there is none. */
  async find(id: string): Promise<OrganizationRecord | null> {
    const [row] = await this.database.scope(id).query<OrganizationRow>(
      `select id, name, default_model as "defaultModel", room_capacity as "roomCapacity",
              event_retention as "eventRetention", cors_origins as "corsOrigins",
              requests_per_minute as "requestsPerMinute", json_build_object(${LIMITS_AS_JSON}) as limits,
              to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
         from organizations where id = $1`,
      [id],
    );
    return row === undefined ? null : toRecord(row);
  }

  /** @returns false when there is one of the id already. */
  async add(id: string, name: string): Promise<boolean> {
    const added = await this.database.system.query(
      'insert into organizations (id, name) values ($1, $2) on conflict do nothing returning id',
      [id, name],
    );
    return added.length > 0;
  }

  /** Takes back an organization that owns nothing yet. */
  async remove(id: string): Promise<void> {
    await this.database.system.query('delete from organizations where id = $1', [id]);
  }

  /** Sets the limits that are given. @returns false when there is no such organization. */
  async setLimits(id: string, changes: QuotaChanges): Promise<boolean> {
    const columns = Object.entries(LIMIT_COLUMNS).map(
      ([key, column], i) =>
        `${column} = case when $2::json::jsonb ? '${key}' then $${i + 3}::bigint else ${column} end`,
    );
    const changed = await this.database.system.query(
      `update organizations set ${columns.join(', ')} where id = $1 returning id`,
      [
        id,
        JSON.stringify(changes),
        ...Object.keys(LIMIT_COLUMNS).map((key) => changes[key as keyof QuotaLimits] ?? null),
      ],
    );
    return changed.length > 0;
  }

  /** The origins that any organization lists. */
  async origins(): Promise<Set<string>> {
    const rows = await this.database.system.query<{ origin: string }>(
      'select distinct unnest(cors_origins) as origin from organizations',
    );
    return new Set(rows.map(({ origin }) => origin));
  }
}

function toRecord({ id, name, createdAt, limits: set, ...settings }: OrganizationRow): OrganizationRecord {
  const limits = { ...LIMITS, ...withoutNulls(set) };
  return { id, name, settings, limits, createdAt };
}

function withoutNulls(set: OrganizationRow['limits']): Partial<QuotaLimits> {
  return Object.fromEntries(Object.entries(set).filter(([, limit]) => limit !== null));
}
