import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Drift as DriftRecord } from '../models/drift/drift';
import { Interest } from './interest';
import { Model } from './model';
import { Segment } from './segment';

@ObjectType({
  simpleResolvers: true,
  description: "A segment's part of the members, and of the training data.",
})
export class SegmentDrift {
  @Field(() => Segment)
  readonly segment!: Segment;

  @Field(() => Float, { nullable: true, description: '0..1; null: nobody is here.' })
  readonly share!: number | null;

  @Field(() => Float, { nullable: true, description: '0..1; null: unknown.' })
  readonly trainedShare!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How many like an interest, and how many did in training.',
})
export class InterestDrift {
  @Field(() => Interest)
  readonly interest!: Interest;

  @Field(() => Float, {
    nullable: true,
    description: 'The share of the members who like it (of other features: the mean); null: nobody is here.',
  })
  readonly rate!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same of the training data; null: unknown.' })
  readonly trainedRate!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Population stability index of liking it or not; null: unknown, or no share of anything.',
  })
  readonly stability!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "How far today's members are from those whom the champion was trained on, at most a minute old. A population stability index below 0.1 is called stable; above 0.25 the model was trained on other people.",
})
export class Drift {
  @Field(() => Model)
  readonly model: Model;

  @Field(() => Int, { description: "Members in the rooms of the model's segments; lobbies are not counted." })
  readonly members: number;

  @Field(() => Int, { description: 'Members whose interests were looked at: all, or 20,000 from all over.' })
  readonly sampled: number;

  @Field(() => [SegmentDrift])
  readonly segments: readonly SegmentDrift[];

  @Field(() => Float, {
    nullable: true,
    description: 'Population stability index of the segments; null: unknown, or nobody is here.',
  })
  readonly segmentStability: number | null;

  @Field(() => [InterestDrift])
  readonly interests: readonly InterestDrift[];

  @Field(() => Float, {
    nullable: true,
    description: 'The mean of the known indexes of the interests; null: none is known.',
  })
  readonly interestStability: number | null;

  @Field(() => GraphQLDateTime, { description: 'When it was measured.' })
  readonly at: string;

  constructor(model: Model, drift: DriftRecord) {
    this.model = model;
    this.members = drift.members;
    this.sampled = drift.sampled;
    this.segments = drift.segments.map((segment, s) => ({
      ...segment,
      segment: model.segments[s] as Segment,
    }));
    this.segmentStability = drift.segmentStability;
    this.interests = drift.features.map(({ mean, trainedMean, stability }, i) => ({
      interest: model.interests[i] as Interest,
      rate: mean,
      trainedRate: trainedMean,
      stability,
    }));
    this.interestStability = drift.featureStability;
    this.at = drift.at;
  }
}
