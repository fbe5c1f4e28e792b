import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { KeyRole } from '../auth/api-key';
import { ApiKeyRole } from './enums';

@ObjectType({ simpleResolvers: true, description: 'What an app, or an administrator, comes with.' })
export class ApiKey {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => ApiKeyRole)
  readonly role!: KeyRole;

  @Field(() => String)
  readonly label!: string;

  @Field(() => String, { description: 'How the key begins: tells keys apart, and lets nobody in.' })
  readonly prefix!: string;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: string;

  @Field(() => String, { description: 'Who made it: a key, as its label and prefix.' })
  readonly createdBy!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'To the minute; null: never.' })
  readonly lastUsedAt!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'null: it is in force.' })
  readonly revokedAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A key that was just made.' })
export class CreatedApiKey {
  @Field(() => ApiKey)
  readonly key!: ApiKey;

  @Field(() => String, {
    description: 'The whole key: send "Authorization: Bearer <secret>". Nobody can show it again.',
  })
  readonly secret!: string;
}

@InputType()
export class CreateApiKeyInput {
  @Field(() => ApiKeyRole)
  readonly role!: KeyRole;

  @Field(() => String, { description: 'What it is for: 1 to 100 characters.' })
  readonly label!: string;
}
