import { Args, Field, Float, ID, ObjectType } from 'type-graphql';
import { type Feature, inLocale } from '../onnx/manifest';
import type { SegmentFeature } from '../segmentation/explanation/explainer';
import { LocaleArgs } from './arguments';
import { Locale } from './enums';

@ObjectType({ simpleResolvers: true, description: 'One input of a model: something that a person may like.' })
export class Interest {
  @Field(() => ID)
  readonly key: string;

  @Field(() => String, {
    nullable: true,
    description: 'sport, culture, food or leisure in the community vocabulary.',
  })
  readonly group: string | null;

  readonly #feature: Feature;

  constructor(feature: Feature) {
    this.key = feature.key;
    this.group = feature.group;
    this.#feature = feature;
  }

  @Field(() => String)
  label(@Args() { locale }: LocaleArgs): string {
    return inLocale(this.#feature.label, locale ?? Locale.EN);
  }
}

@ObjectType({ simpleResolvers: true, description: 'How much an interest says about a segment.' })
export class SegmentInterest {
  @Field(() => Interest)
  readonly interest: Interest;

  @Field(() => Float, { description: "The component's weight." })
  readonly weight: number;

  @Field(() => Float, { description: "The weight over the model's largest: 0..1." })
  readonly heat: number;

  @Field(() => Float, { description: "The weight over the interest's mean weight in all segments." })
  readonly lift: number;

  constructor(interest: Interest, { weight, heat, lift }: SegmentFeature) {
    this.interest = interest;
    this.weight = weight;
    this.heat = heat;
    this.lift = lift;
  }
}
