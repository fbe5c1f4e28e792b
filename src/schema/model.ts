import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ServingModel } from '../models/registry/serving-model';
import { Algorithm, Task } from './enums';
import { Interest, SegmentInterest } from './interest';
import { Heatmap, Segment } from './segment';

/** `aliases` is resolved on demand: see `ModelResolver`. */
@ObjectType({ simpleResolvers: true, description: 'An immutable trained model version.' })
export class Model {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => Int)
  readonly version: number;

  @Field(() => Task)
  readonly task: string;

  @Field(() => Algorithm)
  readonly algorithm: string;

  @Field(() => GraphQLJSON)
  readonly metrics: object;

  @Field(() => [Segment])
  readonly segments: readonly Segment[];

  @Field(() => Heatmap, { nullable: true })
  readonly heatmap: Heatmap;

  @Field(() => GraphQLDateTime)
  readonly createdAt: string;

  readonly interests: readonly Interest[];
  readonly serving: ServingModel;
  readonly #segmentsByKey: ReadonlyMap<string, Segment>;

  constructor(serving: ServingModel) {
    const { manifest, explainer } = serving;
    this.serving = serving;
    this.id = serving.id;
    this.name = manifest.name;
    this.version = serving.version;
    this.task = manifest.task;
    this.algorithm = manifest.algorithm;
    this.metrics = manifest.metrics;
    this.createdAt = manifest.createdAt;
    this.interests = manifest.features.map((feature) => new Interest(feature));
    this.segments = manifest.segments.map((description, s) => {
      const features = explainer.topFeatures(s, manifest.features.length);
      return new Segment(
        description,
        features.map((feature) => new SegmentInterest(this.interests[feature.feature] as Interest, feature)),
      );
    });
    this.#segmentsByKey = new Map(this.segments.map((segment) => [segment.key, segment]));
    this.heatmap = { interests: this.interests, segments: this.segments, values: explainer.heatmap };
  }

  /** The segment with this key; null: none, as for the lobby. */
  segmentOf(key: string): Segment | null {
    return this.#segmentsByKey.get(key) ?? null;
  }
}
