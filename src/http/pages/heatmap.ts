import type { FastifyInstance } from 'fastify';
import { ClientError } from '../../errors';
import type { Locale } from '../../onnx/manifest';
import { viewerOf } from '../admission/access';
import { contentSecurityPolicy } from './csp';
import { etagOf, isKnown } from './etag';

/** An organization's champion's heat map as SVG, always drawn anew: it changes when another model is promoted. */
export type DrawHeatmap = (organizationId: string, locale: Locale) => string | Promise<string>;

/** `GET /heatmap.svg?locale=`: `en` (the default) or `es`, in any case. */
export async function heatmapPicture(
  app: FastifyInstance,
  { drawHeatmap }: { drawHeatmap: DrawHeatmap },
): Promise<void> {
  app.get<{ Querystring: { locale?: string | string[] } }>('/heatmap.svg', async (request, reply) => {
    const svg = await drawHeatmap(viewerOf(request).organizationId, localeOf(request.query.locale));
    reply.header('content-security-policy', PICTURE_POLICY);
    if (isKnown(request, reply, etagOf(svg))) return reply;
    return reply.type('image/svg+xml; charset=utf-8').send(svg);
  });
}

/** @throws ClientError BAD_USER_INPUT. */
function localeOf(text: string | string[] = 'en'): Locale {
  const locale = String(text).toLowerCase();
  if (locale === 'en' || locale === 'es') return locale;
  throw new ClientError('BAD_USER_INPUT', `locale: "${text}" is not a language of the picture: use en or es`);
}

/** Pictures carry their own style. */
export const PICTURE_POLICY = contentSecurityPolicy({ 'style-src': "'unsafe-inline'" });
