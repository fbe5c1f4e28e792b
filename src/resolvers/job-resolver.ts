import { Arg, Args, Ctx, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { isAgePlace } from '../age-order';
import { ClientError } from '../errors';
import type { JobRecord } from '../jobs/job';
import type { JobRunner } from '../jobs/job-runner';
import type { JobStore } from '../jobs/job-store';
import { jobTopic } from '../realtime/bus/topics';
import { PageArgs } from '../schema/arguments';
import { Job, JobConnection } from '../schema/job';
import type { Context } from './context';
import { type PagedList, pageRequest, toConnection, toPage } from './paging';

const JOBS: PagedList<JobRecord, Job> = {
  name: 'jobs',
  placeOf: ({ place }) => place,
  isPlace: isAgePlace,
  toNode: (job) => job,
};

@Resolver(() => Job)
export class JobResolver {
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
  ) {}

  @Query(() => Job, { nullable: true })
  async job(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<Job | null> {
    return this.store.find(viewer.organizationId, id);
  }

  @Query(() => JobConnection, { description: 'The newest first.' })
  async jobs(@Args(() => PageArgs) args: PageArgs, @Ctx() { viewer }: Context): Promise<JobConnection> {
    const { first, after } = pageRequest(JOBS, args);
    return toConnection(JOBS, toPage(await this.store.list(viewer.organizationId, after, first + 1), first));
  }

  @Mutation(() => Job, {
    description: 'Stops a job, within a second if it runs. One that has ended stays as it is.',
  })
  async cancelJob(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<Job> {
    const job = await this.runner.cancel(viewer.organizationId, id);
    if (job === null) throw new ClientError('NOT_FOUND', `There is no job ${id}`);
    return job;
  }

  @Subscription(() => Job, {
    description: 'The job as it is now, then every change, until it has ended.',
    subscribe: ({ args, context }) => {
      const { feeds, viewer, jobs } = context as Context;
      const { id } = args as { id: string };
      return feeds.stateSource(jobTopic(viewer.organizationId, id.toLowerCase()), async () => {
        const job = await jobs.find(viewer.organizationId, id);
        if (job === null) throw new ClientError('NOT_FOUND', `There is no job ${id}`);
        return job;
      });
    },
  })
  jobChanged(@Root() job: JobRecord, @Arg('id', () => ID) _id: string): Job {
    return job;
  }
}
