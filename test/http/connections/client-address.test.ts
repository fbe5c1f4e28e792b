import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { createClientAddresses } from '../../../src/http/connections/client-address';
import { AddressLimits } from '../../../src/rate-limits/address-limits';
import { build } from '../gateway';

const PROXIES = ['10.0.0.0/8', '127.0.0.1', 'fd00::/8'];

function from(peer: string, forwardedFor?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  const addresses = createClientAddresses(PROXIES);

  it.each([
    ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['fd00::7', '2001:db8::9', '2001:db8::9'],
    ['10.1.2.3', '198.51.100.1, 203.0.113.9', '203.0.113.9'], // the client's own claim
    ['10.1.2.3', '198.51.100.1,203.0.113.9 , 10.9.9.9', '203.0.113.9'], // two proxies
    ['10.1.2.3', '10.5.5.5, 10.9.9.9', '10.5.5.5'],
    ['10.1.2.3', '203.0.113.9:4711', '203.0.113.9'],
    ['10.1.2.3', '[2001:db8::9]:4711', '2001:db8::9'],
    ['10.1.2.3', '198.51.100.1, unknown', '10.1.2.3'],
    ['10.1.2.3', '198.51.100.1, unknown, 10.9.9.9', '10.9.9.9'],
    ['10.1.2.3', '', '10.1.2.3'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['203.0.113.7', '198.51.100.1', '203.0.113.7'], // no proxy of ours
  ])('from %s, forwarded for %p, is %s', (peer, forwardedFor, address) => {
    expect(addresses.of(from(peer, forwardedFor))).toBe(address);
  });

  it('is never what a client claims to be, whatever it writes', () => {
    fc.assert(
      fc.property(fc.string(), (claim) => {
        expect(addresses.of(from('10.0.0.1', `${claim}, 203.0.113.9`))).toBe('203.0.113.9');
        expect(createClientAddresses([]).of(from('203.0.113.9', claim))).toBe('203.0.113.9');
      }),
    );
  });

  it('is what limits count, behind a trusted proxy', async () => {
    const limits = new AddressLimits();
    const { app } = await build(
      { addresses: limits, clientAddresses: createClientAddresses(PROXIES) },
      'a-key-of-enough-characters',
    );
    for (let i = 0; i < 600; i++) limits.take('203.0.113.9');
    const status = async (remoteAddress: string, forwardedFor: string) =>
      (await app.inject({ url: '/', remoteAddress, headers: { 'x-forwarded-for': forwardedFor } }))
        .statusCode;
    expect(await status('127.0.0.1', '203.0.113.9')).toBe(429);
    expect(await status('127.0.0.1', '203.0.113.10')).toBe(200);
    expect(await status('203.0.113.9', '203.0.113.10')).toBe(429);
  });
});
