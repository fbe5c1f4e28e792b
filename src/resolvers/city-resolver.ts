import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { parseCityName } from '../membership/cities/city-name';
import type { CityNames } from '../membership/cities/city-names';
import type { MembershipEvent } from '../membership/log/event';
import type { CityRecord, MemberRecord } from '../membership/room';
import type { Rooms } from '../membership/rooms';
import { PageArgs } from '../schema/arguments';
import { City, CityConnection } from '../schema/city';
import { RoomMembershipEvent } from '../schema/event';
import { WatchCityArgs } from '../schema/inputs';
import { Member, MemberConnection } from '../schema/member';
import { Room } from '../schema/room';
import { asUuid } from '../uuid';
import { identityOf } from '../viewer';
import { whileInCity } from './access-rules';
import type { Context } from './context';
import type { ModelViews, SegmentLookup } from './model-views';
import { type PagedList, pageRequest, toConnection } from './paging';
import { selects } from './selects';

/** Rooms that are answered at once, however many ask for them. */
const FREE_ROOMS = 500;

const CITIES = { name: 'cities', placeOf: ({ key }: CityRecord) => key };

@Resolver(() => Room)
export class CityResolver {
  constructor(
    private readonly rooms: Rooms,
    private readonly names: CityNames,
    private readonly models: ModelViews,
  ) {}

  @Query(() => CityConnection, { description: "The organization's cities, by name." })
  async cities(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CityConnection> {
    const request = pageRequest(CITIES, args);
    const withRooms = selects(info, 'edges', 'node', 'rooms');
    const page = await this.rooms.cities(context.viewer.organizationId, request, { withRooms });
    const segmentOf = await this.#segments(page.items, context);
    const list = { ...CITIES, toNode: (record: CityRecord) => toCity(record, segmentOf) };
    return toConnection(list, page);
  }

  @Query(() => City, {
    nullable: true,
    description: 'Null when nobody ever joined it. Rooms and seq are of one moment.',
  })
  async city(
    @Arg('name', () => String) name: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<City | null> {
    return this.#find(context, parseCityName('name', name).key, info);
  }

  @Mutation(() => City, {
    description:
      'Gives a city another name. It is found by its former names as well, and so no other city can have them.',
  })
  async renameCity(
    @Arg('name', () => String) name: string,
    @Arg('to', () => String) to: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<City> {
    const key = await this.names.rename(context.viewer.organizationId, name, to);
    return (await this.#find(context, key, info)) as City;
  }

  @Query(() => Room, { nullable: true })
  async room(@Arg('id', () => ID) id: string, @Ctx() { viewer, loaders }: Context): Promise<Room | null> {
    const uuid = asUuid(id);
    const record = uuid === null ? null : await loaders.rooms.load(uuid);
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
      const { key } = parseCityName('city', city);
      return feeds.citySource(viewer.organizationId, key, {
        after: after ?? undefined,
        rights: viewer.organizationId,
        limit: whileInCity(context as Context, key),
      });
    },
  })
  roomMembershipChanged(
    @Root() event: MembershipEvent,
    @Args(() => WatchCityArgs) _args: WatchCityArgs,
  ): RoomMembershipEvent {
    return event;
  }

  /** @param key of any name that the city has or had. */
  async #find(context: Context, key: string, info: GraphQLResolveInfo): Promise<City | null> {
    const record = await this.rooms.city(context.viewer.organizationId, key, {
      withRooms: selects(info, 'rooms'),
    });
    return record && toCity(record, await this.#segments([record], context));
  }

  async #segments(cities: readonly CityRecord[], { viewer, turns }: Context): Promise<SegmentLookup> {
    const keys = cities.flatMap(({ rooms }) => (rooms ?? []).map(({ segmentKey }) => segmentKey));
    const segmentOf = await this.models.segments(viewer.organizationId, keys);
    // Their number is not known before: 10,000 rooms take 60 to 120 ms, in which nobody else is answered.
    if (keys.length > FREE_ROOMS) await turns.take(identityOf(viewer), keys.length);
    return segmentOf;
  }
}

function toCity({ name, seq, memberCount, rooms }: CityRecord, segmentOf: SegmentLookup): City {
  return {
    name,
    seq,
    memberCount,
    rooms: rooms?.map((room) => new Room(room, segmentOf(room.segmentKey))) ?? null,
  };
}
