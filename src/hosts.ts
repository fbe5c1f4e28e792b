import { isIP } from 'node:net';

/** A host name or an IP address, without a port or brackets. */
export function isHost(text: string): boolean {
  return (
    isIP(text) !== 0 || /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text)
  );
}

/** 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** A page's origin as browsers write it: `https://host` or `http://host:port`. */
export function isOrigin(text: string): boolean {
  // A wildcard would match nothing, and look as if it did.
  if (!/^https?:/.test(text) || !URL.canParse(text) || text.includes('*')) return false;
  return new URL(text).origin === text;
}

/** An IP address, or a range of them: 10.0.0.0/8. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
