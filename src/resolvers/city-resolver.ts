import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { cityKey } from '../membership/city-name';
import type { MembershipEvent } from '../membership/event';
import { checkCity } from '../membership/membership';
import type { CityRecord, MemberRecord } from '../membership/room';
import type { Rooms } from '../membership/rooms';
import { PageArgs } from '../schema/arguments';
import { City, CityConnection } from '../schema/city';
import { RoomMembershipEvent } from '../schema/event';
import { WatchCityArgs } from '../schema/inputs';
import { Member, MemberConnection } from '../schema/member';
import { Room } from '../schema/room';
import type { Context } from './context';
import type { ModelViews } from './model-views';
import { type PagedList, pageRequest, toConnection } from './paging';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@Resolver(() => Room)
export class CityResolver {
  constructor(
    private readonly rooms: Rooms,
    private readonly models: ModelViews,
  ) {}

  @Query(() => CityConnection, { description: "The organization's cities, by name." })
  async cities(@Args(() => PageArgs) args: PageArgs, @Ctx() { viewer }: Context): Promise<CityConnection> {
    const list: PagedList<CityRecord, City> = {
      name: 'cities',
      placeOf: ({ key }) => key,
      toNode: (record) => this.#toCity(record, viewer.organizationId),
    };
    return toConnection(list, await this.rooms.cities(viewer.organizationId, pageRequest(list, args)));
  }

  @Query(() => City, {
    nullable: true,
    description: 'Null when nobody ever joined it. Rooms and seq are of one moment.',
  })
  async city(@Arg('name', () => String) name: string, @Ctx() { viewer }: Context): Promise<City | null> {
    checkCity(name);
    const record = await this.rooms.city(viewer.organizationId, cityKey(name));
    return record && this.#toCity(record, viewer.organizationId);
  }

  @Query(() => Room, { nullable: true })
  async room(@Arg('id', () => ID) id: string, @Ctx() { viewer, loaders }: Context): Promise<Room | null> {
    if (!UUID.test(id)) return null;
    const record = await loaders.rooms.load(id.toLowerCase());
    return record && this.models.toRoom(record, viewer.organizationId);
  }

  @FieldResolver(() => MemberConnection, { description: 'By userId.' })
  async members(
    @Root() room: Room,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<MemberConnection> {
    const list: PagedList<MemberRecord, Member> = {
      name: `members of ${room.id}`,
      placeOf: ({ userId }) => userId,
      toNode: (record) => new Member(record),
    };
    const { first, after } = pageRequest(list, args);
    return toConnection(list, await loaders.roomMembers.load({ roomId: room.id, first, after }));
  }

  @Subscription(() => RoomMembershipEvent, {
    description: 'Who joins, leaves and moves in a city: every event after `after`, or those from now on.',
    subscribe: ({ args, context }) => {
      const { feeds, viewer } = context as Context;
      const { city, after } = args as WatchCityArgs;
      checkCity(city);
      return feeds.citySource(viewer.organizationId, cityKey(city), {
        after: after ?? undefined,
        rights: viewer.organizationId,
      });
    },
  })
  roomMembershipChanged(
    @Root() event: MembershipEvent,
    @Args(() => WatchCityArgs) _args: WatchCityArgs,
  ): RoomMembershipEvent {
    return event;
  }

  #toCity({ name, seq, memberCount, rooms }: CityRecord, organizationId: string): City {
    return { name, seq, memberCount, rooms: rooms.map((room) => this.models.toRoom(room, organizationId)) };
  }
}
