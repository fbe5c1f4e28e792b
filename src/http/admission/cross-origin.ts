import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ClientError } from '../../errors';
import type { Viewer } from '../../viewer';

export interface CrossOriginOptions {
  /** An open gateway has no keys to protect; whose pages it answers is the open guard's to say. */
  readonly openness: { readonly open: boolean };
  readonly organizations: {
    /** Whether any organization lists the origin. */
    isListed(origin: string): Promise<boolean>;
    /** Whether this one does. */
    lists(organizationId: string, origin: string): Promise<boolean>;
  };
}

/**
 * Which pages may use the gateway from a browser: its own, and those of the origins that an organization lists, with
 * that organization's credentials alone. Who comes without an `Origin`, as every app but a page does, is not meant.
 *
 * A preflight carries no credentials, so it is allowed what any organization lists; the request itself is then
 * refused unless the viewer's organization lists its origin.
 */
export class CrossOrigin {
  constructor(private readonly options: CrossOriginOptions) {}

  /** Whether `access-control-allow-origin` names the request's origin. */
  async allowed(headers: IncomingHttpHeaders): Promise<boolean> {
    const { openness, organizations } = this.options;
    const { origin } = headers;
    if (origin === undefined) return false;
    return openness.open || isOwnPage(headers, origin) || organizations.isListed(origin);
  }

  /** The viewer, unless a page that its organization does not list uses its credentials. @throws ClientError FORBIDDEN. */
  admit(viewer: Viewer, headers: IncomingHttpHeaders): Viewer | Promise<Viewer> {
    const { origin } = headers;
    if (origin === undefined || this.options.openness.open || isOwnPage(headers, origin)) return viewer;
    return this.#admitListed(viewer, origin);
  }

  async #admitListed(viewer: Viewer, origin: string): Promise<Viewer> {
    if (await this.options.organizations.lists(viewer.organizationId, origin)) return viewer;
    throw new ClientError(
      'FORBIDDEN',
      `Your organization does not list the origin ${JSON.stringify(origin)}: an ADMIN adds it with updateOrganization(input: {corsOrigins})`,
    );
  }
}

/**
 * Refuses what changes something when a browser says that another site's page sends it, but not which one: forms, and
 * other requests that need no preflight. Of those that come with an `Origin`, its list decides.
 */
export function refuseUnnamedPage({ method, headers }: IncomingMessage): ClientError | null {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined || site === undefined || OWN_SITES.has(site)) return null;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return null;
  return new ClientError(
    'FORBIDDEN',
    'A page of another site may send this with its Origin only, which must be listed',
  );
}

const OWN_SITES: ReadonlySet<unknown> = new Set(['same-origin', 'none']);

/** No page can write either header. The second one holds behind proxies that change `Host`. */
function isOwnPage({ host, 'sec-fetch-site': site }: IncomingHttpHeaders, origin: string): boolean {
  return origin === `https://${host}` || origin === `http://${host}` || site === 'same-origin';
}
