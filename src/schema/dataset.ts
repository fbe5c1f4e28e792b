import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DatasetRecord } from '../datasets/dataset';
import { connectionOf } from './connection';
import { ColumnEncodingKind, ColumnType, NumberScale } from './enums';
import { Branch } from './organization';

export enum DatasetStatus {
  PENDING = 'PENDING',
  READY = 'READY',
  FAILED = 'FAILED',
}
registerEnumType(DatasetStatus, {
  name: 'DatasetStatus',
  description: 'PENDING: still being read. READY: to train on. FAILED: it cannot be read; `error` says why.',
});

@ObjectType({ simpleResolvers: true, description: 'How a column becomes features of a model.' })
export class ColumnEncoding {
  @Field(() => String)
  readonly column!: string;

  @Field(() => ColumnEncodingKind)
  readonly kind!: string;

  @Field(() => NumberScale, { nullable: true, description: 'Of a NUMBER.' })
  readonly scale?: string | null;

  @Field(() => String, { nullable: true, description: 'Between the choices of a MULTI_CHOICE.' })
  readonly separator?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class ColumnValue {
  @Field(() => String)
  readonly value!: string;

  @Field(() => Float)
  readonly count!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What is known of one column of a data set.' })
export class DatasetColumn {
  @Field(() => String)
  readonly name!: string;

  @Field(() => ColumnType)
  readonly type!: string;

  @Field(() => Float, { description: 'Different values, missing ones aside; of ITEMS different items.' })
  readonly distinct!: number;

  @Field(() => Float, { description: 'Rows without a value.' })
  readonly missing!: number;

  @Field(() => String, { nullable: true })
  readonly min!: string | null;

  @Field(() => String, { nullable: true })
  readonly max!: string | null;

  @Field(() => [ColumnValue], { description: 'The most frequent values, at most ten.' })
  readonly topValues!: readonly ColumnValue[];

  @Field(() => ColumnEncoding, { description: 'What training does with it unless told otherwise.' })
  readonly suggestedEncoding!: ColumnEncoding;

  @Field(() => String, {
    nullable: true,
    description:
      'What was done to it while it was read that people should know, as when it got another name.',
  })
  readonly note?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A table that somebody uploaded: POST /datasets.' })
export class Dataset {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String, { description: 'Of the uploaded bytes, in hexadecimal.' })
  readonly sha256!: string;

  @Field(() => Float)
  readonly bytes!: number;

  @Field(() => Int, { nullable: true, description: 'Null until it is READY.' })
  readonly rows!: number | null;

  @Field(() => DatasetStatus)
  readonly status!: DatasetRecord['status'];

  @Field(() => [DatasetColumn])
  readonly columns!: readonly DatasetColumn[];

  @Field(() => String, { nullable: true, description: 'Why it FAILED.' })
  readonly error!: string | null;

  @Field(() => Branch, { nullable: true, description: 'The place that it is of; null: of none.' })
  readonly branch!: Branch | null;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: string;
}

@ObjectType()
export class DatasetConnection extends connectionOf('Dataset', Dataset) {}
