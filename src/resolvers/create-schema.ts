import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Membership } from '../membership/membership';
import type { Rooms } from '../membership/rooms';
import type { SegmentCounts } from '../membership/segment-counts';
import { buildSchema } from '../schema/build-schema';
import { AssignmentResolver } from './assignment-resolver';
import { CityResolver } from './city-resolver';
import { MemberResolver } from './member-resolver';
import type { ModelViews } from './model-views';
import { SegmentResolver } from './segment-resolver';

export interface SchemaOptions {
  readonly membership: Membership;
  readonly rooms: Rooms;
  readonly segmentCounts: SegmentCounts;
  readonly models: ModelViews;
  readonly formatError: (error: unknown, requestId: string) => GraphQLFormattedError;
}

/** The gateway's GraphQL schema, resolving against the given domain. */
export function createSchema({
  membership,
  rooms,
  segmentCounts,
  models,
  formatError,
}: SchemaOptions): GraphQLSchema {
  return buildSchema([
    new AssignmentResolver(membership, models, formatError),
    new CityResolver(rooms, models),
    new MemberResolver(models),
    new SegmentResolver(models, segmentCounts),
  ]);
}
