import type { Database } from '../storage/database';
import type { QuotaChanges } from './check-settings';
import type { OrganizationRecord, OrganizationSettings, QuotaLimits } from './organization';

/** Of an organization that the operator set no others for: what a large client needs, and one machine can bear. */
const LIMITS: QuotaLimits = {
  members: 10_000_000,
  datasets: 10_000,
  datasetBytes: 100 * 1024 ** 3,
  jobs: 100,
};

const LIMIT_COLUMNS = {
  members: 'max_members',
  datasets: 'max_datasets',
  datasetBytes: 'max_dataset_bytes',
  jobs: 'max_jobs',
} as const satisfies Record<keyof QuotaLimits, string>;

interface OrganizationRow extends OrganizationSettings {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly members: number | null;
  readonly datasets: number | null;
  readonly datasetBytes: number | null;
  readonly jobs: number | null;
}

/** Organizations in the database. */
export class OrganizationStore {
  constructor(private readonly database: Database) {}

  /** Null: there is none. */
  async find(id: string): Promise<OrganizationRecord | null> {
    const [row] = await this.database.scope(id).query<OrganizationRow>(
      `select id, name, default_model as "defaultModel", room_capacity as "roomCapacity",
              event_retention as "eventRetention", cors_origins as "corsOrigins",
              requests_per_minute as "requestsPerMinute", max_members::float8 as members,
              max_datasets::float8 as datasets, max_dataset_bytes::float8 as "datasetBytes", max_jobs::float8 as jobs,
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

function toRecord(row: OrganizationRow): OrganizationRecord {
  const { id, name, createdAt, members, datasets, datasetBytes, jobs, ...settings } = row;
  const limits = {
    members: members ?? LIMITS.members,
    datasets: datasets ?? LIMITS.datasets,
    datasetBytes: datasetBytes ?? LIMITS.datasetBytes,
    jobs: jobs ?? LIMITS.jobs,
  };
  return { id, name, settings, limits, createdAt };
}
