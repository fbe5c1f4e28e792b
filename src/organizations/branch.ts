/** One place of an organization: a shop, an office. */
export interface BranchRecord {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
}
