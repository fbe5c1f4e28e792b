import { GraphQLJSON } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { ScoredFeatures as ScoredFeaturesRecord } from '../membership/export-user';
import { connectionOf } from './connection';
import { RoomMembershipEvent } from './event';

@ObjectType({ simpleResolvers: true, description: 'What a person said, in the vocabulary of a model.' })
export class StatedFeatures {
  @Field(() => ID)
  readonly modelId!: string;

  @Field(() => GraphQLJSON, { description: 'Values by feature; features that are 0 are left out.' })
  readonly features!: object;
}

@ObjectType({ simpleResolvers: true, description: 'What put a person where it is.' })
export class ScoredFeatures {
  @Field(() => ID)
  readonly modelId!: string;

  @Field(() => GraphQLJSON, {
    description: 'What was scored: values by feature; features that are 0 are left out.',
  })
  readonly features!: object;

  @Field(() => GraphQLJSON, { description: 'What came out: weights by segment.' })
  readonly affinities!: object;

  @Field(() => StatedFeatures, {
    nullable: true,
    description: 'What the person said; null: the features that were scored.',
  })
  readonly stated!: ScoredFeaturesRecord['stated'];
}

/** `member` and `events` are resolved on demand: see `ExportResolver`. */
@ObjectType({ simpleResolvers: true, description: 'What is known of a person.' })
export class UserExport {
  @Field(() => ID)
  readonly userId!: string;

  @Field(() => ScoredFeatures, { nullable: true, description: 'Null: the person is in no city.' })
  readonly scored!: ScoredFeaturesRecord | null;
}

@ObjectType({ simpleResolvers: true })
export class RoomMembershipEventConnection extends connectionOf('RoomMembershipEvent', RoomMembershipEvent) {}
