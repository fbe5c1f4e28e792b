import { agePlace, newestFirst } from '../age-order';
import type { Database } from '../storage/database';
import { asUuid } from '../uuid';
import { type AddedDataset, procedure as addDataset, type NewDataset } from './add-dataset';
import type { DatasetRecord } from './dataset';
import { type RemovedDataset, procedure as removeDataset } from './remove-dataset';
import type { DatasetColumn } from './table/column';

const COLUMNS = `id::text, ${agePlace('created_at')} as place, name, sha256, bytes::float8 as bytes, rows::float8 as rows, status, columns, error,
  (select json_build_object('id', b.id, 'name', b.name,
            'createdAt', to_char(b.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
     from branches b where b.id = datasets.branch_id) as branch,
  to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;

/** Data sets in the database. Lists are newest first: see `age-order`. */
export class DatasetStore {
  constructor(private readonly database: Database) {}

  add(dataset: NewDataset): Promise<AddedDataset> {
    return this.database.scope(dataset.organizationId).call(addDataset, dataset);
  }

  async find(organizationId: string, id: string): Promise<DatasetRecord | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const [dataset] = await this.database
      .scope(organizationId)
      .query<DatasetRecord>(`select ${COLUMNS} from datasets where organization_id = $1 and id = $2`, [
        organizationId,
        uuid,
      ]);
    return dataset ?? null;
  }

  /** At most `limit` data sets that are older than the one at the place `after`; null: from the newest. */
  list(organizationId: string, after: string | null, limit: number): Promise<DatasetRecord[]> {
    return this.database
      .scope(organizationId)
      .query<DatasetRecord>(`select ${COLUMNS} from datasets ${newestFirst('datasets.created_at')}`, [
        organizationId,
        after,
        limit,
      ]);
  }

  async ready(
    organizationId: string,
    id: string,
    rows: number,
    columns: readonly DatasetColumn[],
  ): Promise<void> {
    await this.database.scope(organizationId).query(
      `update datasets set status = 'READY', rows = $3, columns = $4
        where organization_id = $1 and id = $2 and status = 'PENDING'`,
      [organizationId, id, rows, JSON.stringify(columns)],
    );
  }

  async failed(organizationId: string, id: string, reason: string): Promise<void> {
    await this.database.scope(organizationId).query(
      `update datasets set status = 'FAILED', error = $3
        where organization_id = $1 and id = $2 and status = 'PENDING'`,
      [organizationId, id, reason],
    );
  }

  async remove(organizationId: string, id: string): Promise<RemovedDataset> {
    if (asUuid(id) === null) return { removed: false };
    return this.database.scope(organizationId).call(removeDataset, { organizationId, id });
  }

  /** Those of all organizations whose files must be kept. */
  async ids(): Promise<Set<string>> {
    const rows = await this.database.system.query<{ id: string }>(
      "select id::text from datasets where status <> 'FAILED'",
    );
    return new Set(rows.map(({ id }) => id));
  }
}
