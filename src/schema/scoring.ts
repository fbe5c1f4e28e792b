import { Args, Field, Float, Int, ObjectType } from 'type-graphql';
import { checkFirst, FirstReasonsArgs } from './arguments';
import { Interest } from './interest';
import type { Model } from './model';
import { Segment } from './segment';

@ObjectType({ simpleResolvers: true, description: "A segment's part in a person." })
export class Affinity {
  @Field(() => Segment)
  readonly segment!: Segment;

  @Field(() => Float, { description: 'Not negative.' })
  readonly weight!: number;

  @Field(() => Float, { description: 'The weight over the sum of all: 0..1.' })
  readonly share!: number;
}

@ObjectType({ simpleResolvers: true, description: 'An interest that spoke for the chosen segment.' })
export class Reason {
  @Field(() => Interest)
  readonly interest!: Interest;

  @Field(() => Float, { description: "Its part of the segment's weight." })
  readonly contribution!: number;
}

@ObjectType({ simpleResolvers: true, description: "A model's answer for one person's interests." })
export class Scoring {
  @Field(() => Int, { nullable: true, description: "The segment's number; null without any interest." })
  get cluster(): number | null {
    return this.segment?.number ?? null;
  }

  @Field(() => Segment, { nullable: true })
  readonly segment: Segment | null;

  readonly #model: Model;
  readonly #features: Float32Array;
  readonly #affinities: Float32Array;

  constructor(model: Model, features: Float32Array, affinities: Float32Array, segment: Segment | null) {
    this.segment = segment;
    this.#model = model;
    this.#features = features;
    this.#affinities = affinities;
  }

  @Field(() => [Affinity], { description: "Every segment's weight, in the segments' order." })
  get affinities(): Affinity[] {
    const shares = this.#model.serving.explainer.shares(this.#affinities);
    return shares.map(({ segment, weight, share }) => ({
      segment: this.#model.segments[segment] as Segment,
      weight,
      share,
    }));
  }

  @Field(() => Float, { description: 'The largest weight minus the second largest: 0 is a tie.' })
  get margin(): number {
    return this.#model.serving.explainer.margin(this.#affinities);
  }

  @Field(() => [Reason], {
    description: 'The interests that spoke most for the segment, the strongest first.',
  })
  reasons(@Args() { first }: FirstReasonsArgs): Reason[] {
    const most = checkFirst(first);
    if (this.segment === null) return [];
    const chosen = this.#model.segments.indexOf(this.segment);
    return this.#model.serving.explainer
      .reasons(this.#features, this.#affinities, chosen)
      .slice(0, most)
      .map(({ feature, contribution }) => ({
        interest: this.#model.interests[feature] as Interest,
        contribution,
      }));
  }
}
