import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { checkUserId } from '../membership/membership';
import type { RoomRecord } from '../membership/room';
import { ClusterAssignment } from '../schema/assignment';
import { Member } from '../schema/member';
import { Room } from '../schema/room';
import type { Context } from './context';
import type { ModelViews } from './model-views';

@Resolver(() => Member)
export class MemberResolver {
  constructor(private readonly models: ModelViews) {}

  @Query(() => Member, { nullable: true, description: 'Null when the user is in no city.' })
  async member(@Arg('userId', () => ID) userId: string, @Ctx() { loaders }: Context): Promise<Member | null> {
    checkUserId(userId);
    const record = await loaders.members.load(userId);
    return record && new Member(record);
  }

  @FieldResolver(() => Room)
  async room(@Root() member: Member, @Ctx() context: Context): Promise<Room> {
    return this.models.toRoom(await roomOf(member, context), context.viewer.organizationId);
  }

  @FieldResolver(() => ClusterAssignment, { description: 'The assignment that put the member there.' })
  async assignment(@Root() member: Member, @Ctx() context: Context): Promise<ClusterAssignment> {
    const room = await roomOf(member, context);
    const model = await this.models.assigned(context.viewer.organizationId, member.record.modelId);
    return new ClusterAssignment(model, { ...member.record, room, changed: false, seq: null });
  }
}

/** A member's room always stands: rooms are never deleted. */
async function roomOf({ record }: Member, { loaders }: Context): Promise<RoomRecord> {
  return (await loaders.rooms.load(record.roomId)) as RoomRecord;
}
