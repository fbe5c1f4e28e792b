import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { ReportRecord } from '../reports/report-store';

@InputType({
  description: 'What a report is to tell. With neither modelId nor segments, their number is chosen.',
})
export class ReportInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => ID, { nullable: true, description: 'The model to apply.' })
  modelId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Trains a model of so many segments for the report: 2 to 20.',
  })
  segments?: number | null;

  @Field(() => String, { nullable: true, description: 'A column to set against the segments.' })
  groupBy?: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What the segments of a data set are: sizes, features, means, and how they fall on a column.',
})
export class Report {
  constructor(readonly record: ReportRecord) {}

  @Field(() => ID)
  get id(): string {
    return this.record.id;
  }

  @Field(() => String)
  get title(): string {
    return this.record.content.title;
  }

  @Field(() => Int, { nullable: true, description: 'As asked for.' })
  get segments(): number | null {
    return this.record.segments;
  }

  @Field(() => String, { nullable: true, description: 'As asked for.' })
  get groupBy(): string | null {
    return this.record.groupBy;
  }

  @Field(() => GraphQLJSON, { description: 'All that the page and the table show.' })
  get content(): object {
    return this.record.content;
  }

  @Field(() => String, { description: 'Where its page is: one self-contained HTML file.' })
  get htmlPath(): string {
    return `/reports/${this.record.id}.html`;
  }

  @Field(() => String, { description: 'Where its figures are: CSV.' })
  get csvPath(): string {
    return `/reports/${this.record.id}.csv`;
  }

  @Field(() => GraphQLDateTime)
  get createdAt(): string {
    return this.record.createdAt;
  }
}
