import { readFileSync } from 'node:fs';
import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql';
import { defaultModelFile } from '../models/shipped/default-model';
import { type Feature, inLocale } from '../onnx/manifest';
import { manifestOf } from '../onnx/segmentation-model';
import { Locale } from './enums';

/** The community's vocabulary: it is part of the schema, so it is read when the schema's types are. */
const VOCABULARY: readonly Feature[] = manifestOf(readFileSync(defaultModelFile), defaultModelFile).features;

@InputType({ description: "What a person likes, in the default model's vocabulary." })
export class InterestsInput {
  readonly [key: string]: boolean | null | undefined;
}
for (const { key, label } of VOCABULARY) {
  const field = Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: inLocale(label, Locale.EN),
  });
  field(InterestsInput.prototype, key);
}

@InputType({ description: "One feature of any other model's vocabulary." })
export class FeatureInput {
  @Field(() => ID)
  readonly key!: string;

  @Field(() => Float, { description: 'From 0 to 1e12.' })
  readonly value!: number;
}

@InputType({ description: 'Who, where, and what the person likes: exactly one of interests and features.' })
export class AssignClusterInput {
  @Field(() => ID, { description: '1 to 128 characters.' })
  readonly userId!: string;

  @Field(() => String, {
    description:
      '1 to 100 visible characters, each word in one script. Any name that the city has or had; case does not matter.',
  })
  readonly city!: string;

  @Field(() => InterestsInput, { nullable: true, description: 'In the default vocabulary.' })
  readonly interests?: InterestsInput | null;

  @Field(() => [FeatureInput], { nullable: true, description: 'In any other vocabulary.' })
  readonly features?: FeatureInput[] | null;
}

@ArgsType()
export class PreviewArgs {
  @Field(() => InterestsInput, { nullable: true, description: 'In the default vocabulary.' })
  readonly interests?: InterestsInput | null;

  @Field(() => [FeatureInput], { nullable: true, description: 'In any other vocabulary.' })
  readonly features?: FeatureInput[] | null;
}

@ArgsType()
export class WatchCityArgs {
  @Field(() => String)
  readonly city!: string;

  @Field(() => Int, { nullable: true, description: 'The last seq that the client has seen.' })
  readonly after?: number | null;
}
