import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AddressLimits } from '../../rate-limits/address-limits';
import { rateLimited } from '../../rate-limits/rate-limited';
import { type Role, requireOperator, requireRole, type Viewer } from '../../viewer';

/** Anyone, from a role on, or the OPERATOR: an ADMIN of the default organization, who runs the gateway. */
type RouteAccess = Role | 'ANYONE' | 'OPERATOR';

/**
 * Who may use which route. /graphql lets anyone in, because each of its fields has a rule of its own
 * (resolvers/access.ts). A route that is not here does not start.
 */
export const ROUTES: Readonly<Record<string, RouteAccess>> = {
  'GET /': 'ANYONE',
  'GET /docs': 'ANYONE',
  'GET /docs/:page': 'ANYONE',
  'GET /docs/heatmap.svg': 'ANYONE', // the shipped model's, which is public
  'GET /graphiql': 'ANYONE',
  'GET /graphiql/:file': 'ANYONE',
  'GET /graphql': 'ANYONE',
  'GET /graphql/sandbox.js': 'ANYONE',
  'POST /graphql': 'ANYONE',
  'POST /cluster': 'ANYONE',
  'GET /health/live': 'ANYONE',
  'GET /health/ready': 'ANYONE',
  'GET /heatmap.svg': 'MEMBER',
  'GET /metrics': 'OPERATOR', // they tell of all organizations
  'POST /datasets': 'ADMIN',
  'GET /models/:id.onnx': 'ADMIN',
  'GET /reports/:id.html': 'ADMIN',
  'GET /reports/:id.csv': 'ADMIN',
};

/** Who asks, by a request's credentials. @throws ClientError UNAUTHENTICATED, RATE_LIMITED. */
export type AuthenticateRequest = (request: FastifyRequest) => Viewer | Promise<Viewer>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes for anyone. */
    viewer: Viewer | null;
  }
}

/** Routes for anyone that no address may use too often: /graphql asks who it is, probes are the operator's. */
const UNLIMITED: readonly string[] = [
  'GET /graphql',
  'POST /graphql',
  'GET /health/live',
  'GET /health/ready',
];

/** Puts its rule before every route that is added from now on, and before a request's body is read. */
export function guardRoutes(
  app: FastifyInstance,
  authenticate: AuthenticateRequest,
  addresses: AddressLimits,
): void {
  app.decorateRequest('viewer', null);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'OPTIONS') continue;
      // Fastify answers HEAD wherever it answers GET, by a route of its own that none of GET's hooks is put before.
      const name = `${method === 'HEAD' ? 'GET' : method} ${route.url}`;
      const access = ROUTES[name];
      if (access === undefined) throw new Error(`${name} has no rule of access`);
      if (UNLIMITED.includes(name)) continue;
      const guard = access === 'ANYONE' ? limitAddress(addresses) : requireViewer(authenticate, access);
      route.onRequest = [...[route.onRequest ?? []].flat(), guard];
    }
  });
}

function limitAddress(addresses: AddressLimits) {
  return async ({ address }: FastifyRequest) => {
    const wait = addresses.take(address);
    if (wait > 0) throw rateLimited('Too many requests came from your address', wait);
  };
}

function requireViewer(authenticate: AuthenticateRequest, access: Role | 'OPERATOR') {
  return async (request: FastifyRequest) => {
    const viewer = await authenticate(request);
    requireRole(viewer, access === 'OPERATOR' ? 'ADMIN' : access);
    if (access === 'OPERATOR') requireOperator(viewer);
    request.viewer = viewer;
  };
}

/** Who asks, on a route that is not for anyone. */
export function viewerOf({ viewer }: FastifyRequest): Viewer {
  if (viewer === null) throw new Error('A route for anyone asked who asks');
  return viewer;
}
