import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The tag under which browsers keep a text: it changes with the text. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Lets the browser ask again each time; true: it has this very text, and was answered 304. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.headers({ 'cache-control': 'no-cache', etag });
  const known = request.headers['if-none-match'] === etag;
  if (known) reply.code(304).send();
  return known;
}
