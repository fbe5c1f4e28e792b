import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Openness } from '../../auth/openness';
import { ClientError } from '../../errors';
import { isLoopback, isOrigin } from '../../hosts';

/** Why an open gateway does not answer a request (FORBIDDEN); null when it does, and whenever there are keys. */
export type OpenGuard = (request: IncomingMessage) => ClientError | null;

export interface OpenGuardOptions {
  readonly openness: Openness;
  /** Host names, beside the loopback's, under which it answers. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages, beside its own, that it answers. */
  readonly allowedOrigins: readonly string[];
}

const SET_A_KEY = 'ADMIN_API_KEY=$(openssl rand -hex 32)';
const NO_KEYS = 'Without keys, whoever reaches the gateway is its administrator';

/**
 * Without keys, being on this machine is the only credential. A proxy on it lends that to everybody, and a page in the
 * user's browser has it too. So three kinds of requests are refused: those that say that they were forwarded; those to
 * another host name than the loopback's, since a page can let its own name resolve to 127.0.0.1 (DNS rebinding); and
 * those of pages that are not the gateway's own, even of another port of this machine, unless they are listed.
 *
 * With keys no page can do anything without knowing one; whose pages may use which keys is `CrossOrigin`'s to say.
 */
export function createOpenGuard({ openness, allowedHosts, allowedOrigins }: OpenGuardOptions): OpenGuard {
  const hosts = new Set(allowedHosts.map(asInUrl));
  const origins = new Set(allowedOrigins);

  return ({ headers, httpVersion }) => {
    if (!openness.open) return null;
    const proxy = signOfProxy(headers, httpVersion);
    if (proxy !== undefined) return refusal(`it answers no request that came through a proxy (${proxy})`);

    const { host = '', origin } = headers;
    const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
    if (!isLoopback(name.replace(/^\[|\]$/g, '')) && !hosts.has(name)) {
      return refusal(
        `it answers under the loopback's names only (localhost, 127.0.0.1, [::1]), not as ${quoted(host)}`,
        isHostInUrl(name) ? `ALLOWED_HOSTS=${[...allowedHosts, name].join(',')}` : undefined,
      );
    }
    if (origin !== undefined && origin !== `http://${host}` && !origins.has(origin)) {
      return refusal(
        `it answers its own pages only, not those of the origin ${quoted(origin)}`,
        isOrigin(origin) ? `ALLOWED_ORIGINS=${[...allowedOrigins, origin].join(',')}` : undefined,
      );
    }
    return null;
  };
}

/**
 * What tells that a proxy passed a request on. Those that add no header, as nginx does unless told to, mostly still
 * speak HTTP/1.0 to whoever is behind them, and hardly anybody else does.
 */
function signOfProxy(headers: IncomingHttpHeaders, httpVersion: string): string | undefined {
  for (const name in headers) {
    if (name.startsWith('x-forwarded') || FORWARDED.has(name)) return name;
  }
  return httpVersion === '1.0' ? 'HTTP/1.0' : undefined;
}

const FORWARDED: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
]);

/** @param line what may be set instead of a key. */
function refusal(what: string, line?: string): ClientError {
  const instead = line === undefined ? '' : `${line}, or a key: `;
  return new ClientError('FORBIDDEN', `${NO_KEYS}, so ${what}. Set ${instead}${SET_A_KEY}`);
}

function asInUrl(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname : host.toLowerCase();
}

function isHostInUrl(name: string): boolean {
  return /^([a-z\d.-]+|\[[a-f\d:]+\])$/.test(name);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
