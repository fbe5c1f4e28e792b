import type { IncomingHttpHeaders } from 'node:http';
import { ClientError } from '../errors';
import type { Viewer } from '../viewer';

export interface CrossOriginOptions {
  /** An open gateway has no keys to protect; whom it serves is the origin guard's to say. */
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

  /** What `access-control-allow-origin` says: anybody, the origin itself, or nothing. */
  async allowed(headers: IncomingHttpHeaders): Promise<'*' | boolean> {
    const { openness, organizations } = this.options;
    const { origin } = headers;
    if (openness.open) return '*';
    return origin !== undefined && (isOwnPage(headers, origin) || organizations.isListed(origin));
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

/** No page can write either header. The second one holds behind proxies that change `Host`. */
function isOwnPage({ host, 'sec-fetch-site': site }: IncomingHttpHeaders, origin: string): boolean {
  return origin === `https://${host}` || origin === `http://${host}` || site === 'same-origin';
}
