import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { MembershipEventKind } from './enums';

@ObjectType({ simpleResolvers: true, description: 'A room as one event saw it.' })
export class EventRoom {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Int, { nullable: true, description: 'Null: the lobby.' })
  readonly segmentNumber!: number | null;

  @Field(() => Int, { description: 'As of this event.' })
  readonly memberCount!: number;
}

@ObjectType({ simpleResolvers: true, description: "One change of a city's rooms." })
export class RoomMembershipEvent {
  @Field(() => Int, { description: 'From 1, gapless and increasing within the city.' })
  readonly seq!: number;

  @Field(() => MembershipEventKind)
  readonly kind!: string;

  @Field(() => String, { description: 'As first written, or as an ADMIN renamed it.' })
  readonly city!: string;

  @Field(() => ID, { nullable: true, description: 'Null once that person was forgotten.' })
  readonly userId!: string | null;

  @Field(() => EventRoom, { description: 'The room joined, or left.' })
  readonly room!: EventRoom;

  @Field(() => EventRoom, { nullable: true, description: 'MOVED: the room left.' })
  readonly previousRoom!: EventRoom | null;

  @Field(() => GraphQLDateTime)
  readonly at!: string;
}
