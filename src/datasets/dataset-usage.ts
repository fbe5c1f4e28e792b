import type { Queryable } from '../storage/database';

/** How many data sets an organization has, and of how many bytes. */
export interface DatasetUsage {
  readonly datasets: number;
  readonly datasetBytes: number;
}

/** What the quotas of data sets count. What could not be read takes no room. */
export async function datasetUsage(queryable: Queryable, organizationId: string): Promise<DatasetUsage> {
  const [row] = await queryable.query<DatasetUsage>(
    `select count(*)::float8 as datasets, coalesce(sum(bytes), 0)::float8 as "datasetBytes"
       from datasets where organization_id = $1 and status <> 'FAILED'`,
    [organizationId],
  );
  return row ?? { datasets: 0, datasetBytes: 0 };
}
