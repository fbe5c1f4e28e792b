import type { FastifyInstance } from 'fastify';
import { viewerOf } from '../access';
import { contentSecurityPolicy } from './csp';
import { etagOf, isKnown } from './etag';

/** An organization's champion's heat map as SVG, always drawn anew: it changes when another model is promoted. */
export type DrawHeatmap = (organizationId: string) => string | Promise<string>;

/** `GET /heatmap.svg` */
export async function heatmapPicture(
  app: FastifyInstance,
  { drawHeatmap }: { drawHeatmap: DrawHeatmap },
): Promise<void> {
  app.get('/heatmap.svg', async (request, reply) => {
    const svg = await drawHeatmap(viewerOf(request).organizationId);
    reply.header('content-security-policy', POLICY);
    if (isKnown(request, reply, etagOf(svg))) return reply;
    return reply.type('image/svg+xml; charset=utf-8').send(svg);
  });
}

const POLICY = contentSecurityPolicy({ 'style-src': "'unsafe-inline'" }); // pictures carry their own style
