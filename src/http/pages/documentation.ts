import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../../package-root';
import { etagOf, isKnown } from './etag';

const FILES = { '/docs/readme': 'README.md', '/docs/protocol': 'PROTOCOL.md' };

/** `GET /docs/readme`, `GET /docs/protocol`: the shipped documentation, as text that every browser shows. */
export async function documentation(app: FastifyInstance): Promise<void> {
  for (const [path, file] of Object.entries(FILES)) {
    app.get(path, async (request, reply) => {
      const text = await readFile(join(packageRoot, file), 'utf8');
      if (isKnown(request, reply, etagOf(text))) return reply;
      return reply.type('text/plain; charset=utf-8').send(text);
    });
  }
}
