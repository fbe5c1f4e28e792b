import { randomUUID } from 'node:crypto';

/** `assignCluster` with everything it can tell, but for lists of other members. */
export const ASSIGN = `mutation Assign($input: AssignClusterInput!) {
  assignCluster(input: $input) {
    userId
    cluster
    segment { number key label description memberCount topInterests { interest { key label group } weight heat lift } }
    affinities { segment { number key label } weight share }
    margin
    reasons { interest { key label group } contribution }
    room { id name city memberCount segment { number } }
    changed
    seq
    model { id name version task algorithm aliases createdAt }
    assignedAt
  }
}`;

const INTERESTS = [
  'climbing',
  'fitness',
  'football',
  'paddle',
  'running',
  'surf',
  'trecking',
  'volley',
  'bookstores',
  'concerts',
  'guidedVisits',
  'movies',
  'museums',
  'parks',
  'ruralTourism',
  'theaters',
  'burguers',
  'chinese',
  'indian',
  'italian',
  'mediterranean',
  'sushi',
  'coffee',
  'drinks',
  'parties',
  'sunsets',
];
export const CITIES = ['Lisbon', 'Porto', 'Madrid', 'Valencia', 'Berlin', 'Chiang Mai', 'Bali', 'Medellín'];

/** Made once: the load must not spend its time on writing JSON. */
export const SELECTIONS = Array.from({ length: 1_000 }, () =>
  JSON.stringify(Object.fromEntries(INTERESTS.map((key) => [key, Math.random() < 0.4]))),
);
export const ASSIGN_START = `{"query":${JSON.stringify(ASSIGN)},"variables":{"input":{"userId":"bench-${process.pid}-`;

/** The nth new user, with interests and a city of its own choice. */
export function assignBody(n: number): string {
  return `${ASSIGN_START}${n}","city":"${CITIES[n % CITIES.length]}","interests":${SELECTIONS[n % SELECTIONS.length]}}}}`;
}

export function clusterBody(n: number): string {
  return `{"_id":"bench-${n}","interests":${SELECTIONS[n % SELECTIONS.length]}}`;
}

/** Puts a new user into a room of a city, and asks for no more than that. */
export function joinBody(city: string): string {
  const query = 'mutation Join($input: AssignClusterInput!) { assignCluster(input: $input) { changed } }';
  const input = { userId: randomUUID(), city, interests: { museums: true, theaters: true } };
  return JSON.stringify({ query, variables: { input } });
}
