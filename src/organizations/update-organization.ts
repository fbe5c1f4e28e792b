import type { JobRecord } from '../jobs/job';
import { queueReclustering } from '../models/promotion/queue-reclustering';
import { lockAliases, modelAt } from '../models/registry/alias';
import type { Procedure, Queryable } from '../storage/database';
import type { OrganizationChanges } from './check-settings';

export interface OrganizationUpdate {
  readonly organizationId: string;
  readonly changes: OrganizationChanges;
}

/** The job that brings the members to another default model, or that this has no champion: then nothing changed. */
export type UpdatedOrganization = { readonly job: JobRecord | null } | { readonly withoutChampion: string };

/** Columns by what they are called elsewhere. */
const COLUMNS = {
  name: 'name',
  defaultModel: 'default_model',
  roomCapacity: 'room_capacity',
  eventRetention: 'event_retention',
  corsOrigins: 'cors_origins',
  requestsPerMinute: 'requests_per_minute',
} as const satisfies Record<keyof OrganizationChanges, string>;

/** Changes what an organization is called and settled; another default model assigns its members anew. */
export const procedure: Procedure<OrganizationUpdate, UpdatedOrganization> = {
  module: 'organizations/update-organization',
  async run(transaction, { organizationId, changes }) {
    const served = await lockAliases(transaction, organizationId);
    const { defaultModel: name = served } = changes;
    const champion = await modelAt(transaction, { organizationId, name }, 'champion');
    if (champion === null && name !== served) return { withoutChampion: name };
    await write(transaction, organizationId, changes);
    const isOther = name !== served && champion !== null;
    return { job: isOther ? await queueReclustering(transaction, organizationId, champion) : null };
  },
};

async function write(
  transaction: Queryable,
  organizationId: string,
  changes: OrganizationChanges,
): Promise<void> {
  const given = Object.entries(COLUMNS).filter(([key]) => key in changes);
  if (given.length === 0) return;
  const assignments = given.map(([, column], i) => `${column} = $${i + 2}`);
  const values = given.map(([key]) => changes[key as keyof OrganizationChanges]);
  await transaction.query(`update organizations set ${assignments.join(', ')} where id = $1`, [
    organizationId,
    ...values,
  ]);
}
