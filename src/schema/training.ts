import { Field, ID, InputType, Int } from 'type-graphql';
import { Algorithm, ColumnEncodingKind, NumberScale, Task } from './enums';

@InputType({ description: 'How a column is to become features, where the suggestion is not right.' })
export class ColumnEncodingInput {
  @Field(() => String)
  column!: string;

  @Field(() => ColumnEncodingKind)
  kind!: ColumnEncodingKind;

  @Field(() => NumberScale, { nullable: true, description: 'Of a NUMBER: MAX unless said.' })
  scale?: NumberScale | null;

  @Field(() => String, {
    nullable: true,
    description: 'Between the choices of a MULTI_CHOICE: a comma unless said.',
  })
  separator?: string | null;
}

@InputType({ description: 'What a model is to be trained on, and how.' })
export class TrainModelInput {
  @Field(() => String, { description: 'Versions of one name follow one another.' })
  name!: string;

  @Field(() => ID)
  datasetId!: string;

  @Field(() => Task)
  task!: Task;

  @Field(() => Algorithm)
  algorithm!: Algorithm;

  @Field(() => Int, {
    nullable: true,
    description: 'How many segments: 2 to 20. Null: the recommended number of the range.',
  })
  segments?: number | null;

  @Field(() => [Int], {
    nullable: true,
    description: 'The fewest and the most segments to compare: [2, 8] unless said, or unless `segments` is.',
  })
  segmentRange?: number[] | null;

  @Field(() => Int, { nullable: true, defaultValue: 42, description: 'The same seed gives the same model.' })
  seed?: number | null;

  @Field(() => [ColumnEncodingInput], {
    nullable: true,
    description: 'Of the columns that are not to be encoded as suggested.',
  })
  encoding?: ColumnEncodingInput[] | null;
}
