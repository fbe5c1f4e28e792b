import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Assignment } from '../membership/assignment';
import { Model } from './model';
import { Room } from './room';
import { Scoring } from './scoring';

@ObjectType({ simpleResolvers: true, description: 'Where a user was put, and why.' })
export class ClusterAssignment extends Scoring {
  @Field(() => ID)
  readonly userId: string;

  @Field(() => Room)
  readonly room: Room;

  @Field(() => Boolean, { description: 'False when the user was in that room already.' })
  readonly changed: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of the event in the city of the room; null when nothing changed.',
  })
  readonly seq: number | null;

  @Field(() => Model)
  readonly model: Model;

  @Field(() => GraphQLDateTime)
  readonly assignedAt: string;

  constructor(model: Model, assignment: Assignment) {
    const segment = model.segmentOf(assignment.room.segmentKey);
    super(model, assignment.features, assignment.affinities, segment);
    this.userId = assignment.userId;
    this.room = new Room(assignment.room, segment);
    this.changed = assignment.changed;
    this.seq = assignment.seq;
    this.model = model;
    this.assignedAt = assignment.assignedAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Why one item of a list failed.' })
export class ItemError {
  @Field(() => String)
  readonly code!: string;

  @Field(() => String)
  readonly message!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'One item of `assignClusters`: an assignment or an error.',
})
export class AssignClusterResult {
  @Field(() => ClusterAssignment, { nullable: true })
  readonly assignment!: ClusterAssignment | null;

  @Field(() => ItemError, { nullable: true })
  readonly error!: ItemError | null;
}
