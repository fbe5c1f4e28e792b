import { Field, Int, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { Room } from './room';

@ObjectType({ simpleResolvers: true, description: 'A place where rooms are.' })
export class City {
  @Field(() => String, { description: 'As first written, or as an ADMIN renamed it.' })
  readonly name!: string;

  @Field(() => Int, { description: "The last membership event's number: watch from here." })
  readonly seq!: number;

  @Field(() => Int)
  readonly memberCount!: number;

  @Field(() => [Room], { description: 'As of `seq`.' })
  readonly rooms!: readonly Room[] | null; // null where nobody selected it
}

@ObjectType({ simpleResolvers: true })
export class CityConnection extends connectionOf('City', City) {}
