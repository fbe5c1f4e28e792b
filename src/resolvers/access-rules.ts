import { ClientError } from '../errors';
import { cityKey } from '../membership/cities/city-name';
import type { MembershipEvent } from '../membership/log/event';
import type { MemberRecord } from '../membership/room';
import type { EventLimit } from '../realtime/feeds/event-source';
import type { FieldRule } from '../schema/guard-fields';
import { asUuid } from '../uuid';
import type { Context } from './context';

export const MEMBER: FieldRule = { role: 'MEMBER' };
export const APP: FieldRule = { role: 'APP' };
export const ADMIN: FieldRule = { role: 'ADMIN' };
/** Who runs the gateway. */
export const OPERATOR: FieldRule = { role: 'ADMIN', operator: true };

// biome-ignore lint/suspicious/noExplicitAny: each field has arguments of its own
type From<T> = (args: any) => T;

/** A MEMBER only for itself. */
export function ownUser(userIdOf: From<string>): FieldRule {
  return {
    role: 'MEMBER',
    own: (_source, args, { viewer }: Context) => isOwn(userIdOf(args), viewer.userId),
  };
}

/** A MEMBER only what is its own of another type's fields. */
export function ownMember(userIdOf: From<string>): FieldRule {
  return {
    role: 'MEMBER',
    own: (source, _args, { viewer }: Context) => isOwn(userIdOf(source), viewer.userId),
  };
}

/** A MEMBER only the city that it is in, by any of its names. */
export function ownCity(nameOf: From<string>): FieldRule {
  return {
    role: 'MEMBER',
    async own(_source, args, context: Context): Promise<true> {
      if (await isIn(cityKey(nameOf(args)), context)) return true;
      throw anotherCity();
    },
  };
}

/** A MEMBER watches a city only as long as it is in it; others for as long as they like. */
export function whileInCity(context: Context, key: string): EventLimit<MembershipEvent> | undefined {
  const { viewer, loaders } = context;
  const { role, userId: own } = viewer;
  if (role !== 'MEMBER' || own === null) return undefined;
  return {
    // Of a person whom the log has forgotten it is not known any more who it was.
    isLast: ({ kind, userId }) => kind === 'LEFT' && (userId === own || userId === null),
    async confirm() {
      loaders.members.clear(own);
      if (!(await isIn(key, context))) throw anotherCity();
    },
    reason: anotherCity(),
  };
}

/** A MEMBER only the rooms of the city that it is in; of others it does not even learn that they are there. */
export function ownRoom(idOf: From<string>): FieldRule {
  return {
    role: 'MEMBER',
    async own(_source, args, context: Context) {
      const id = asUuid(idOf(args));
      const room = id === null ? null : await context.loaders.rooms.load(id);
      return room !== null && room.cityId === (await memberOf(context))?.cityId ? true : null;
    },
  };
}

function isOwn(userId: string, own: string | null): true {
  if (userId === own) return true;
  throw new ClientError('FORBIDDEN', 'A MEMBER may do this for itself alone');
}

function anotherCity(): ClientError {
  return new ClientError('FORBIDDEN', 'A MEMBER sees the city that it is in, and no other');
}

/** Whether the viewer is in the city that has or had the name. Mostly it has, and then nothing is looked up. */
async function isIn(key: string, context: Context): Promise<boolean> {
  const member = await memberOf(context);
  if (member === null) return false;
  return cityKey(member.city) === key || (await context.loaders.cityIds.load(key)) === member.cityId;
}

async function memberOf({ loaders, viewer }: Context): Promise<MemberRecord | null> {
  return viewer.userId === null ? null : loaders.members.load(viewer.userId);
}
