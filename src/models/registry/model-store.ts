import { parseManifest } from '../../onnx/manifest';
import type { Database } from '../../storage/database';
import { SHIPPED_MODEL } from '../shipped/shipped-model';
import type { Alias, AliasChange } from './alias';
import { relabel, type SegmentLabel } from './segment-label';
import type { ModelDescription } from './serving-model';

const MODEL = `m.id, m.version, m.manifest::text as manifest, m.dataset_id::text as "datasetId",
  (select coalesce(json_agg(json_build_object('key', l.segment_key, 'label', l.label, 'description', l.description)), '[]')
     from segment_labels l where l.organization_id = m.organization_id and l.model_id = m.id) as labels`;

interface ModelRow {
  readonly id: string;
  readonly version: number;
  readonly manifest: string;
  readonly datasetId: string | null;
  readonly labels: readonly SegmentLabel[];
}

/** Where an organization's aliases point now. */
export interface Pointers {
  readonly defaultModel: string;
  readonly aliases: readonly { readonly name: string; readonly alias: Alias; readonly modelId: string }[];
  /** Every model that ever was a champion, the latest first. */
  readonly champions: readonly string[];
}

/** The trained models in the database, and who points at them. */
export class ModelStore {
  constructor(private readonly database: Database) {}

  async find(organizationId: string, id: string): Promise<ModelDescription | null> {
    const [row] = await this.database
      .scope(organizationId)
      .query<ModelRow>(`select ${MODEL} from models m where m.organization_id = $1 and m.id = $2`, [
        organizationId,
        id,
      ]);
    return row === undefined ? null : describe(row);
  }

  /** The versions of one name, or of all, by name, the newest first. */
  async list(organizationId: string, name: string | null): Promise<ModelDescription[]> {
    const rows = await this.database.scope(organizationId).query<ModelRow>(
      `select ${MODEL} from models m
        where m.organization_id = $1 and ($2::text is null or m.name = $2) order by m.name, m.version desc`,
      [organizationId, name],
    );
    return rows.map(describe);
  }

  /** Null: there is no such organization. */
  async pointers(organizationId: string): Promise<Pointers | null> {
    const [row] = await this.database.scope(organizationId).query<Pointers>(
      `select o.default_model as "defaultModel",
              (select coalesce(json_agg(json_build_object('name', a.name, 'alias', a.alias, 'modelId', a.model_id)), '[]')
                 from model_aliases a where a.organization_id = o.id) as aliases,
              (select coalesce(json_agg(c.to_model_id order by c.last desc), '[]')
                 from (select to_model_id, max(id) as last from alias_changes
                        where organization_id = o.id and alias = 'champion' and to_model_id is not null
                        group by to_model_id) c) as champions
         from organizations o where o.id = $1`,
      [organizationId],
    );
    return row ?? null;
  }

  /** The model that the organization's assignments are to be answered by; null: the default name has no champion. */
  async championId(organizationId: string): Promise<string | null> {
    const [row] = await this.database.scope(organizationId).query<{ name: string; id: string | null }>(
      `select o.default_model as name, a.model_id as id
         from organizations o
         left join model_aliases a on a.organization_id = o.id and a.name = o.default_model and a.alias = 'champion'
        where o.id = $1`,
      [organizationId],
    );
    return row?.id ?? (row?.name === SHIPPED_MODEL.name ? SHIPPED_MODEL.id : null);
  }

  /** The organizations that may have a champion of their own, or labels. */
  async organizations(): Promise<string[]> {
    const rows = await this.database.system.query<{ id: string }>(
      `select id from organizations where default_model <> '${SHIPPED_MODEL.name}'
       union select organization_id from model_aliases union select organization_id from segment_labels`,
    );
    return rows.map(({ id }) => id);
  }

  /** The labels that people gave to a model's segments. */
  async labels(organizationId: string, modelId: string): Promise<SegmentLabel[]> {
    return this.database.scope(organizationId).query<SegmentLabel>(
      `select segment_key as key, label, description from segment_labels
        where organization_id = $1 and model_id = $2`,
      [organizationId, modelId],
    );
  }

  async setLabel(
    organizationId: string,
    modelId: string,
    { key, label, description }: SegmentLabel,
  ): Promise<void> {
    await this.database.scope(organizationId).query(
      `insert into segment_labels (organization_id, model_id, segment_key, label, description)
       values ($1, $2, $3, $4, $5)
       on conflict (organization_id, model_id, segment_key) do update
         set label = excluded.label, description = excluded.description`,
      [organizationId, modelId, key, JSON.stringify(label), JSON.stringify(description)],
    );
  }

  /** Who pointed which alias of a name where: the last 1,000 changes, the latest first. */
  async history(organizationId: string, name: string): Promise<AliasChange[]> {
    return this.database.scope(organizationId).query<AliasChange>(
      `select name, alias, action, from_model_id as "from", to_model_id as "to", by_whom as by,
              to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
         from alias_changes where organization_id = $1 and name = $2 order by id desc limit 1000`,
      [organizationId, name],
    );
  }
}

function describe({ id, version, manifest, datasetId, labels }: ModelRow): ModelDescription {
  return { id, version, datasetId, manifest: relabel(parseManifest(manifest, `model ${id}`), labels) };
}
