import { Args, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { inLocale, type SegmentDescription } from '../onnx/manifest';
import { checkFirst, FirstInterestsArgs, LocaleArgs } from './arguments';
import { Locale } from './enums';
import { Interest, SegmentInterest } from './interest';

@ObjectType({
  simpleResolvers: true,
  description: 'People with interests in common: one component of a model.',
})
export class Segment {
  @Field(() => Int, { description: 'Counts from 1; apps call it the cluster.' })
  readonly number: number;

  @Field(() => ID, { description: 'Stays the same when the model is trained again.' })
  readonly key: string;

  readonly #description: SegmentDescription;
  readonly #interests: readonly SegmentInterest[];

  /** @param interests those with weight, the heaviest first. */
  constructor(description: SegmentDescription, interests: readonly SegmentInterest[]) {
    this.number = description.number;
    this.key = description.key;
    this.#description = description;
    this.#interests = interests;
  }

  @Field(() => String)
  label(@Args() { locale }: LocaleArgs): string {
    return inLocale(this.#description.label, locale ?? Locale.EN);
  }

  @Field(() => String)
  description(@Args() { locale }: LocaleArgs): string {
    return inLocale(this.#description.description, locale ?? Locale.EN);
  }

  @Field(() => [SegmentInterest], { description: 'The interests that weigh most, the heaviest first.' })
  topInterests(@Args() { first }: FirstInterestsArgs): SegmentInterest[] {
    return this.#interests.slice(0, checkFirst(first));
  }
}

@ObjectType({ simpleResolvers: true, description: 'How much every interest weighs in every segment.' })
export class Heatmap {
  @Field(() => [Interest])
  readonly interests!: readonly Interest[];

  @Field(() => [Segment])
  readonly segments!: readonly Segment[];

  @Field(() => [[Float]], {
    description: 'values[interest][segment], 0..1: weights over the largest of all.',
  })
  readonly values!: readonly (readonly number[])[];
}
