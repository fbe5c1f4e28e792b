import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';

const segment = {
  number: 1,
  key: 'foodies',
  label: 'Food and film lovers',
  description: 'People who like to eat out and to watch a film afterwards.',
  memberCount: 12,
  topInterests: Array.from({ length: 6 }, () => ({
    interest: { key: 'chinese', label: 'Chinese food', group: 'food' },
    weight: 1.762445028029075,
    heat: 0.7992933503086463,
    lift: 3.504328977497581,
  })),
};
const assignment = {
  userId: 'bench-1',
  cluster: 1,
  segment,
  affinities: Array.from({ length: 4 }, () => ({
    segment,
    weight: 0.07407500594854355,
    share: 0.25872536107446,
  })),
  margin: 0.06020837277173996,
  reasons: Array.from({ length: 3 }, () => ({
    interest: { key: 'chinese', label: 'Chinese food', group: 'food' },
    contribution: 0.15062363539391357,
  })),
  room: {
    id: 'b66a8e85-97bb-4d9c-b115-41a67a4ba1be',
    name: 'Lisbon · Food',
    city: 'Lisbon',
    memberCount: 1,
    segment,
  },
  changed: true,
  seq: 1,
  model: {
    id: 'nomads-1',
    name: 'nomads',
    version: 1,
    task: 'SEGMENTATION',
    algorithm: 'NMF',
    aliases: ['champion'],
    createdAt: '2021-10-25T00:00:00.000Z',
  },
  assignedAt: '2021-10-25T00:00:00.000Z',
};

/** What a user would pick instead: Apollo Server on Fastify, the same schema, every answer a constant. */
async function main(): Promise<void> {
  const app = Fastify();
  const apollo = new ApolloServer({
    typeDefs: readFileSync('schema.graphql', 'utf8'),
    resolvers: { Mutation: { assignCluster: () => assignment } },
    plugins: [fastifyApolloDrainPlugin(app)],
  });
  await apollo.start();
  await app.register(fastifyApollo(apollo));
  process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
}

void main();
