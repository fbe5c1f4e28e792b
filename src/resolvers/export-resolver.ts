import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { UserExports } from '../membership/export-user';
import type { MembershipEvent } from '../membership/log/event';
import { eventPlace, isEventPlace } from '../membership/log/events-of-user';
import { PageArgs } from '../schema/arguments';
import type { RoomMembershipEvent } from '../schema/event';
import { Member } from '../schema/member';
import { RoomMembershipEventConnection, UserExport } from '../schema/user-export';
import type { Context } from './context';
import { type PagedList, pageRequest, toConnection } from './paging';

const EVENTS: PagedList<MembershipEvent, RoomMembershipEvent> = {
  name: 'events of a person',
  placeOf: eventPlace,
  isPlace: isEventPlace,
  toNode: (event) => event,
};

@Resolver(() => UserExport)
export class ExportResolver {
  constructor(private readonly exports: UserExports) {}

  @Query(() => UserExport, {
    nullable: true,
    description:
      'Everything that is known of a person: where it is, why, and what the logs say of it. Null: nothing.',
  })
  exportUser(
    @Arg('userId', () => ID) userId: string,
    @Ctx() { viewer }: Context,
  ): Promise<UserExport | null> {
    return this.exports.export(viewer.organizationId, userId);
  }

  @FieldResolver(() => Member, { nullable: true, description: 'Null: the person is in no city.' })
  async member(@Root() { userId }: UserExport, @Ctx() { loaders }: Context): Promise<Member | null> {
    const record = await loaders.members.load(userId);
    return record && new Member(record);
  }

  @FieldResolver(() => RoomMembershipEventConnection, {
    description: "What the cities' logs say of the person, in the order of its happening.",
  })
  async events(
    @Root() { userId }: UserExport,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { viewer }: Context,
  ): Promise<RoomMembershipEventConnection> {
    const request = pageRequest(EVENTS, args);
    return toConnection(EVENTS, await this.exports.events(viewer.organizationId, userId, request));
  }
}
