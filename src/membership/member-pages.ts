import type { Database } from '../storage/database';
import { procedure as readMemberPage, type ScoredMember } from './read-member-page';

export interface MemberPage {
  /** All members of the page but those that were left out. */
  readonly members: readonly ScoredMember[];
  /** Members of the page. */
  readonly passed: number;
  /** Where the next page starts; null: this was the last one. */
  readonly next: string | null;
}

/** Reads all members of an organization, by userId, in pages: none takes the database long, however many there are. */
export class MemberPages {
  constructor(private readonly database: Database) {}

  /** How many members there are: the sum of the counts that the cities keep. */
  async count(organizationId: string): Promise<number> {
    const [row] = await this.database
      .scope(organizationId)
      .query<{ members: number }>(
        'select coalesce(sum(member_count), 0)::integer as members from cities where organization_id = $1',
        [organizationId],
      );
    return row?.members ?? 0;
  }

  /**
   * @param after the userId before the page; '' for the first one.
   * @param assignedUnder leaves out the members that this model assigned; null: nobody.
   */
  async read(
    organizationId: string,
    after: string,
    size: number,
    assignedUnder: string | null = null,
  ): Promise<MemberPage> {
    const rows = await this.database
      .scope(organizationId)
      .call(readMemberPage, { organizationId, after, size, assignedUnder });
    return {
      members: rows.filter(({ isLeftOut }) => !isLeftOut),
      passed: rows.length,
      next: rows.length < size ? null : (rows.at(-1)?.userId ?? null),
    };
  }
}
