import { agePlace, newestFirst } from '../age-order';
import type { Database } from '../storage/database';

/** An administrative act, as it is to be written down. Nobody's userId may stand in it. */
export interface AuditAct {
  readonly organizationId: string;
  /** As whom the gateway knows who did it: `Viewer.actor`. */
  readonly actor: string;
  /** What was done, as the API calls it: `promoteModel`. */
  readonly action: string;
  /** The id of what it was done to; null: of nothing, or of a person. */
  readonly target: string | null;
  /** Plain JSON. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Where the request came from; null: not over the network. */
  readonly address: string | null;
}

export interface AuditEntry extends Omit<AuditAct, 'organizationId'> {
  readonly id: string;
  /** In the organization's list, which begins with the newest. */
  readonly place: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Who did what, when, from where. Entries are added, and read by their organization; the database takes no change. */
export class AuditLog {
  constructor(private readonly database: Database) {}

  async append({ organizationId, actor, action, target, details, address }: AuditAct): Promise<void> {
    await this.database.scope(organizationId).query(
      `insert into audit_log (organization_id, actor, action, target, details, address)
       values ($1, $2, $3, $4, $5, $6)`,
      [organizationId, actor, action, target, JSON.stringify(details), address],
    );
  }

  /** At most `limit` entries that are older than the one at the place `after`; null: from the newest. */
  list(organizationId: string, after: string | null, limit: number): Promise<AuditEntry[]> {
    return this.database.scope(organizationId).query<AuditEntry>(
      `select id::text, ${agePlace('at')} as place, actor, action, target, details, address,
              to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
         from audit_log ${newestFirst('audit_log.at')}`,
      [organizationId, after, limit],
    );
  }
}
