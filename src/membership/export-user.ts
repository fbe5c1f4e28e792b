import type { ModelRegistry } from '../models/registry/model-registry';
import type { Database } from '../storage/database';
import { decodeFloats } from './floats';
import { checkUserId } from './membership';

/** All that is known of a person, as plain JSON. */
export interface UserExport {
  readonly userId: string;
  /** Null: in no city. */
  readonly member: ExportedMember | null;
  /** What the cities' logs say of the person, in the order of its happening. */
  readonly events: readonly ExportedEvent[];
}

interface ExportedMember {
  readonly city: string;
  readonly room: {
    readonly id: string;
    readonly segmentKey: string | null;
    readonly segmentNumber: number | null;
  };
  readonly modelId: string;
  /** What was scored, by feature; features that are 0 are left out. */
  readonly features: Weights;
  /** What the person said, where the model takes less than that. */
  readonly stated: { readonly modelId: string; readonly features: Weights } | null;
  /** By segment. */
  readonly affinities: Weights;
  /** ISO 8601. */
  readonly assignedAt: string;
}

type Weights = Readonly<Record<string, number>>;

interface ExportedEvent {
  readonly city: string;
  readonly seq: number;
  readonly kind: string;
  readonly roomId: string;
  readonly segmentNumber: number | null;
  readonly previousRoomId: string | null;
  readonly previousSegmentNumber: number | null;
  /** ISO 8601. */
  readonly at: string;
}

interface MemberRow {
  readonly city: string;
  readonly room: ExportedMember['room'];
  readonly modelId: string;
  readonly features: string;
  readonly affinities: string;
  readonly statedModelId: string | null;
  readonly statedFeatures: string | null;
  readonly assignedAt: string;
}

const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

const MEMBER = `select json_build_object('city', c.name, 'room', json_build_object('id', r.id,
    'segmentKey', nullif(r.segment_key, ''), 'segmentNumber', r.segment_number), 'modelId', m.model_id,
    'features', encode(m.features, 'hex'), 'affinities', encode(m.affinities, 'hex'),
    'statedModelId', m.stated_model_id, 'statedFeatures', encode(m.stated_features, 'hex'),
    'assignedAt', to_char(m.assigned_at at time zone 'utc', ${TIME}))
  from members m join cities c on c.id = m.city_id join rooms r on r.id = m.room_id
 where m.organization_id = $1 and m.user_id = $2`;

const EVENTS = `select coalesce(json_agg(json_build_object('city', c.name, 'seq', e.seq, 'kind', e.kind,
    'roomId', e.room_id, 'segmentNumber', e.room_segment_number, 'previousRoomId', e.previous_room_id,
    'previousSegmentNumber', e.previous_room_segment_number,
    'at', to_char(e.at at time zone 'utc', ${TIME})) order by e.at, c.name, e.seq), '[]')
  from membership_events e join cities c on c.id = e.city_id
 where e.organization_id = $1 and e.user_id = $2`;

export interface UserExportOptions {
  readonly database: Database;
  readonly models: Pick<ModelRegistry, 'find'>;
}

/** Tells a person what the gateway knows of it. Uploaded data sets are their owner's: whose rows they are is not known. */
export class UserExports {
  constructor(private readonly options: UserExportOptions) {}

  /** Null: nothing is known. @throws ClientError BAD_USER_INPUT. */
  async export(organizationId: string, userId: string): Promise<UserExport | null> {
    checkUserId(userId);
    const [row] = await this.options.database
      .scope(organizationId)
      .query<{ member: MemberRow | null; events: ExportedEvent[] }>(
        `select (${MEMBER}) as member, (${EVENTS}) as events`,
        [organizationId, userId],
      );
    const { member = null, events = [] } = row ?? {};
    if (member === null && events.length === 0) return null;
    return { userId, member: member && (await this.#member(organizationId, member)), events };
  }

  async #member(organizationId: string, row: MemberRow): Promise<ExportedMember> {
    const { city, room, modelId, statedModelId, statedFeatures, assignedAt } = row;
    const manifest = (await this.options.models.find(organizationId, modelId))?.manifest;
    const isStated = statedModelId !== null && statedFeatures !== null;
    return {
      city,
      room,
      modelId,
      features: await this.#features(organizationId, modelId, row.features),
      stated: isStated
        ? {
            modelId: statedModelId,
            features: await this.#features(organizationId, statedModelId, statedFeatures),
          }
        : null,
      affinities: named(decodeFloats(row.affinities), manifest?.segments),
      assignedAt,
    };
  }

  async #features(organizationId: string, modelId: string, encoded: string): Promise<Weights> {
    const model = await this.options.models.find(organizationId, modelId);
    const all = Object.entries(named(decodeFloats(encoded), model?.manifest.features));
    return Object.fromEntries(all.filter(([, value]) => value !== 0));
  }
}

/** Numbers by the keys of what they stand for; by their place where that is not known any more. */
function named(values: Float32Array, of: readonly { readonly key: string }[] = []): Weights {
  return Object.fromEntries([...values].map((value, i) => [of[i]?.key ?? String(i), value]));
}
