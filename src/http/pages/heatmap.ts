import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy } from './csp';

/** The champion's heat map as SVG, always drawn anew: it changes when another model is promoted. */
export type DrawHeatmap = () => string | Promise<string>;

/** `GET /heatmap.svg` */
export async function heatmapPicture(
  app: FastifyInstance,
  { drawHeatmap }: { drawHeatmap: DrawHeatmap },
): Promise<void> {
  app.get('/heatmap.svg', async (request, reply) => {
    const svg = await drawHeatmap();
    const etag = `"${createHash('sha256').update(svg).digest('base64url').slice(0, 22)}"`;
    reply.headers({ 'cache-control': 'no-cache', 'content-security-policy': POLICY, etag });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('image/svg+xml; charset=utf-8').send(svg);
  });
}

const POLICY = contentSecurityPolicy({ 'style-src': "'unsafe-inline'" }); // pictures carry their own style
