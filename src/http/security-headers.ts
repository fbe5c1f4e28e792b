import helmet from '@fastify/helmet';
import fastify from 'fastify';
import { contentSecurityPolicy } from './pages/csp';

/** Fastify's own; all others of an answer without any content are Helmet's. */
const NOT_HELMETS: readonly string[] = ['date', 'connection', 'content-length'];

/**
 * The headers by which Helmet keeps browsers from what they had better not do, for every answer. A page that needs
 * more than nothing has a policy of its own.
 *
 * They are always the same: so Helmet is asked once, because its fourteen steps for every answer would cost more
 * than all our own hooks.
 */
export async function securityHeaders(): Promise<Readonly<Record<string, string>>> {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: false,
    frameguard: { action: 'deny' },
    // Whether there is TLS, and for which names, is known by the proxy that adds it.
    strictTransportSecurity: false,
  });
  app.get('/', (_request, reply) => void reply.send());
  const { headers } = await app.inject('/');
  await app.close();
  const helmets = Object.entries(headers).filter(([name]) => !NOT_HELMETS.includes(name));
  return Object.fromEntries([
    ...helmets.map(([name, value]) => [name, String(value)]),
    ['content-security-policy', contentSecurityPolicy()],
  ]);
}
