import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Where requests come from, when some of them are passed on by proxies. */
export interface ClientAddresses {
  /** The address that a request's limits, failures and audit entries are of. */
  of(request: IncomingMessage): string;
  /** Whether an address is a trusted proxy's. */
  isProxy(address: string): boolean;
}

/**
 * Believes `X-Forwarded-For` of the proxies named here, and of nobody else. Each proxy adds on the right whom it heard
 * from, and what stands left of that is the client's own claim: so the right-most address that is no trusted proxy's
 * counts. What is no address ends the search, because whatever wrote it is not to be believed about the rest.
 *
 * @param proxies addresses and ranges: `10.0.0.7`, `192.168.0.0/16`, `fd00::/8`.
 */
export function createClientAddresses(proxies: readonly string[]): ClientAddresses {
  if (proxies.length === 0) return { of: addressOfPeer, isProxy: () => false };
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = familyOf(address);
    trusted.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  const isProxy = (address: string) => isIP(address) !== 0 && trusted.check(address, familyOf(address));

  return {
    isProxy,
    of(request) {
      const { 'x-forwarded-for': forwardedFor = '' } = request.headers;
      const claims = String(forwardedFor).split(',');
      let address = addressOfPeer(request);
      while (claims.length > 0 && isProxy(address)) {
        const claimed = withoutPort((claims.pop() as string).trim());
        if (isIP(claimed) === 0) break;
        address = claimed;
      }
      return address;
    },
  };
}

function addressOfPeer({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

/** Some proxies write `192.0.2.1:5678` or `[2001:db8::1]:5678`. */
function withoutPort(text: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
