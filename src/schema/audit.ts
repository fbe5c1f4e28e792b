import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';

@ObjectType({ simpleResolvers: true, description: 'An administrative act: who did what, when, from where.' })
export class AuditEntry {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => GraphQLDateTime)
  readonly at!: string;

  @Field(() => String, { description: "A key's label and prefix, or how else who did it was let in." })
  readonly actor!: string;

  @Field(() => String, { description: 'As the API calls it: promoteModel.' })
  readonly action!: string;

  @Field(() => ID, { nullable: true, description: 'The id of what it was done to; never that of a person.' })
  readonly target!: string | null;

  @Field(() => GraphQLJSON)
  readonly details!: object;

  @Field(() => String, { nullable: true, description: 'Null: not over the network.' })
  readonly address!: string | null;
}

@ObjectType()
export class AuditEntryConnection extends connectionOf('AuditEntry', AuditEntry) {}
