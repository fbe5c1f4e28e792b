import { randomUUID } from 'node:crypto';
import type { Database } from '../storage/database';
import { asUuid } from '../uuid';
import type { ReportContent } from './report';

/** What a report was asked of. */
export interface ReportParameters {
  readonly datasetId: string;
  /** The model that was applied; null: one was trained for the report. */
  readonly modelId: string | null;
  /** Of the trained one; null: chosen. */
  readonly segments: number | null;
  /** The column of the cross-table; null: none. */
  readonly groupBy: string | null;
}

export interface ReportRecord extends ReportParameters {
  readonly id: string;
  readonly content: ReportContent;
  /** ISO 8601. */
  readonly createdAt: string;
}

const COLUMNS = `id::text, dataset_id::text as "datasetId", model_id as "modelId", parameters ->> 'groupBy' as "groupBy",
  (parameters ->> 'segments')::integer as segments, content,
  to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;
const LONGEST_LIST = 100;

/** Reports in the database: one for a question, told by its key. */
export class ReportStore {
  constructor(private readonly database: Database) {}

  async find(organizationId: string, id: string): Promise<ReportRecord | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const [report] = await this.database
      .scope(organizationId)
      .query<ReportRecord>(`select ${COLUMNS} from reports where organization_id = $1 and id = $2`, [
        organizationId,
        uuid,
      ]);
    return report ?? null;
  }

  /** The id of the report that answers the question; null: nobody asked it yet. */
  async findByKey(organizationId: string, key: string): Promise<string | null> {
    const [report] = await this.database
      .scope(organizationId)
      .query<{ id: string }>('select id::text from reports where organization_id = $1 and key = $2', [
        organizationId,
        key,
      ]);
    return report?.id ?? null;
  }

  /** The newest hundred, the newest first. */
  list(organizationId: string): Promise<ReportRecord[]> {
    return this.database.scope(organizationId).query<ReportRecord>(
      `select ${COLUMNS} from reports where organization_id = $1
        order by reports.number desc limit ${LONGEST_LIST}`,
      [organizationId],
    );
  }

  /** Keeps a report, unless its question has been answered meanwhile. @returns the id of the answer. */
  async add(
    organizationId: string,
    key: string,
    { datasetId, modelId, segments, groupBy }: ReportParameters,
    content: ReportContent,
  ): Promise<string> {
    const id = randomUUID();
    const added = await this.database.scope(organizationId).query(
      `insert into reports (id, organization_id, key, dataset_id, model_id, parameters, content)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, key) do nothing returning id`,
      [
        id,
        organizationId,
        key,
        datasetId,
        modelId,
        JSON.stringify({ segments, groupBy }),
        JSON.stringify(content),
      ],
    );
    return added.length > 0 ? id : ((await this.findByKey(organizationId, key)) ?? id);
  }
}
