import { GraphQLDateTime } from 'graphql-scalars';
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Model } from './model';
import { Segment } from './segment';

@ObjectType({ simpleResolvers: true, description: 'Members who would go from one segment to another.' })
export class SegmentMove {
  @Field(() => Segment, { nullable: true, description: 'Null: the lobby.' })
  readonly from!: Segment | null;

  @Field(() => Segment, { nullable: true, description: 'Null: the lobby.' })
  readonly to!: Segment | null;

  @Field(() => Int)
  readonly members!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "What the promotion of a model would do to the members, as they are now. Nobody moves when it is the champion already, or a version of another name than the organization's default model.",
})
export class PromotionPreview {
  @Field(() => Int, { description: 'All members of the organization.' })
  readonly total!: number;

  @Field(() => Int, { description: 'Those who would keep their room.' })
  readonly unchanged!: number;

  @Field(() => [SegmentMove], { description: 'The largest first.' })
  readonly moves!: readonly SegmentMove[];
}

export enum AliasAction {
  TRAINED = 'TRAINED',
  PROMOTED = 'PROMOTED',
  ROLLED_BACK = 'ROLLED_BACK',
}
registerEnumType(AliasAction, {
  name: 'AliasAction',
  description: 'Why an alias points at another model.',
  valuesConfig: {
    TRAINED: { description: 'A new version became the challenger.' },
    PROMOTED: { description: 'A version became the champion; the challenger ends when it was that.' },
    ROLLED_BACK: { description: 'The champion before the last promotion came back.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Somebody pointed an alias at another model.' })
export class AliasChange {
  @Field(() => String, { description: 'The name of the models.' })
  readonly name!: string;

  @Field(() => String, { description: 'champion or challenger.' })
  readonly alias!: string;

  @Field(() => AliasAction)
  readonly action!: string;

  @Field(() => Model, { nullable: true, description: 'Null: it pointed nowhere.' })
  readonly from!: Model | null;

  @Field(() => Model, { nullable: true, description: 'Null: it points nowhere.' })
  readonly to!: Model | null;

  @Field(() => String, { description: 'Who did it.' })
  readonly by!: string;

  @Field(() => GraphQLDateTime)
  readonly at!: string;
}

@InputType({ description: 'A text for people, in the languages that it is written in.' })
export class LocalizedTextInput {
  @Field(() => String)
  readonly en!: string;

  @Field(() => String, { nullable: true, description: 'English stands in where it is missing.' })
  readonly es?: string | null;
}
