import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars';
import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { JobRecord } from '../jobs/job';
import { connectionOf } from './connection';

export enum JobStatus {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(JobStatus, {
  name: 'JobStatus',
  description: 'Where a job is. SUCCEEDED, FAILED and CANCELLED are for good.',
});

@ObjectType({
  simpleResolvers: true,
  description: 'Work that takes long: INGEST, TRAIN, REPORT or RECLUSTER. Watch it with jobChanged.',
})
export class Job {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: 'INGEST, TRAIN, REPORT or RECLUSTER.' })
  readonly kind!: string;

  @Field(() => JobStatus)
  readonly status!: JobRecord['status'];

  @Field(() => Float, { description: '0..1.' })
  readonly progress!: number;

  @Field(() => String, { nullable: true, description: 'What is being done now, or was last.' })
  readonly message!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it FAILED.' })
  readonly error!: string | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'What it came to: datasetId (INGEST), modelId (TRAIN), reportId (REPORT), moves (RECLUSTER).',
  })
  readonly result!: unknown;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: string;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly finishedAt!: string | null;
}

@ObjectType()
export class JobConnection extends connectionOf('Job', Job) {}
