import { Field, ID, ObjectType } from 'type-graphql';
import type { MemberRecord } from '../membership/room';
import { connectionOf } from './connection';

/** `room` and `assignment` are resolved on demand: see `MemberResolver`. */
@ObjectType({ simpleResolvers: true, description: 'A person in one room of one city.' })
export class Member {
  @Field(() => ID)
  readonly userId: string;

  @Field(() => String, { description: "The city's name." })
  readonly city: string;

  constructor(readonly record: MemberRecord) {
    this.userId = record.userId;
    this.city = record.city;
  }
}

@ObjectType({ simpleResolvers: true })
export class MemberConnection extends connectionOf('Member', Member) {}
