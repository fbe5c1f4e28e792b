import Fastify from 'fastify';

/** The least that can answer like `POST /cluster`: Fastify, its own JSON parser, a constant. */
async function main(): Promise<void> {
  const app = Fastify();
  app.post('/bare', async () => ({ _id: 'bench', cluster: 1 }));
  process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
}

void main();
