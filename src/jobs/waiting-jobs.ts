import type { Queryable } from '../storage/database';

/** The trainings and reports of an organization that wait or run: what its quota of jobs counts. */
export async function countWaitingJobs(queryable: Queryable, organizationId: string): Promise<number> {
  const [row] = await queryable.query<{ count: number }>(
    `select count(*)::float8 as count from jobs
      where kind in ('TRAIN', 'REPORT') and organization_id = $1 and status in ('QUEUED', 'RUNNING')`,
    [organizationId],
  );
  return row?.count ?? 0;
}
