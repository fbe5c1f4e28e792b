import { randomInt } from 'node:crypto';
import {
  AssignDocument,
  CityDocument,
  ForgetDocument,
  type InterestsInput,
  LeaveDocument,
  RoomMembersDocument,
} from '../client/generated';
import type { Client } from './client';
import { LIKES, NOTHING } from './people';

export const CITIES = ['Lisbon', 'Porto', 'Faro'];
const USERS = Array.from({ length: 300 }, (_, i) => `user ${i}`);
/** Those who are sometimes forgotten. */
export const FORGETTABLE: readonly string[] = USERS.slice(0, 30);
const AT_ONCE = 60;

/** Does so many random things, many at once: people join, move, travel, leave and are forgotten. */
export async function stir(clients: readonly Client[], operations: number): Promise<void> {
  let left = operations;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await doSomething(pick(clients));
    }),
  );
}

async function doSomething(client: Client): Promise<void> {
  const userId = pick(USERS);
  const dice = randomInt(20);
  if (dice === 0 && FORGETTABLE.includes(userId)) await client.run(ForgetDocument, { userId });
  else if (dice < 3) await client.run(LeaveDocument, { userId });
  else await client.run(AssignDocument, { input: { userId, city: pick(CITIES), interests: anyInterests() } });
}

export function anyInterests(): InterestsInput {
  return pick([...Object.values(LIKES), NOTHING]);
}

export function pick<Item>(items: readonly Item[]): Item {
  return items[randomInt(items.length)] as Item;
}

/** A city that somebody has joined. */
export async function listCity(client: Client, name: string) {
  const { city } = await client.run(CityDocument, { name });
  if (city === null) throw new Error(`Nobody ever joined ${name}`);
  return city;
}

/** Everyone's room in a city, as the rooms' lists of members say. */
export async function listRooms(client: Client, name: string): Promise<Map<string, string>> {
  const { rooms } = await listCity(client, name);
  const lists = await Promise.all(rooms.map(({ id }) => client.run(RoomMembersDocument, { id, first: 100 })));
  return new Map(
    lists.flatMap(
      ({ room }) => room?.members.edges.map(({ node }): [string, string] => [node.userId, room.id]) ?? [],
    ),
  );
}
