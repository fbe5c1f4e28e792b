import fc from 'fast-check';
import { AddressLimits } from '../../src/rate-limits/address-limits';
import { clientOf } from '../../src/rate-limits/client-of';
import { FailedAttempts } from '../../src/rate-limits/failed-attempts';
import { Allowance, RateLimiter } from '../../src/rate-limits/rate-limiter';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a rate', () => {
  it('lets a minute’s share through at once, says when there is more, and is right about it', () => {
    const allowance = new Allowance();
    for (let i = 0; i < 30; i++) expect(allowance.take(30)).toBe(0);
    expect(allowance.take(30)).toBe(2);
    jest.advanceTimersByTime(2_000);
    expect(allowance.take(30)).toBe(0);
    expect(allowance.take(30)).toBe(2);
    jest.advanceTimersByTime(60_000);
    for (let i = 0; i < 30; i++) expect(allowance.take(30)).toBe(0);
  });

  it('never lets more through in any minute than two shares, nor more than one a minute for long', () => {
    const rates = fc.integer({ min: 1, max: 600 });
    const waits = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(rates, waits, (perMinute, pauses) => {
        const allowance = new Allowance();
        let passed = 0;
        let elapsed = 0;
        for (const pause of pauses) {
          jest.advanceTimersByTime(pause);
          elapsed += pause;
          const wait = allowance.take(perMinute);
          if (wait === 0) passed++;
          else expect(wait).toBeLessThanOrEqual(60);
          expect(passed).toBeLessThanOrEqual(perMinute * (1 + elapsed / 60_000) + 1e-2);
        }
      }),
    );
  });

  it('is kept for so many at most, and forgotten of who was there longest ago', () => {
    const limiter = new RateLimiter(100);
    for (let i = 0; i < 10_000; i++) limiter.take(`key ${i}`, 1);
    expect(limiter.size).toBe(100);
    expect(limiter.take('key 9999', 1)).toBe(60);
    expect(limiter.take('key 0', 1)).toBe(0);
  });
});

describe('wrong credentials', () => {
  it('make an address suspect after twenty in ten seconds, and no other', () => {
    const failures = new FailedAttempts();
    for (let i = 0; i < 20; i++) {
      expect(failures.suspectFor('192.0.2.1')).toBe(0);
      failures.note('192.0.2.1');
    }
    expect(failures.suspectFor('192.0.2.1')).toBe(10);
    expect(failures.suspectFor('192.0.2.2')).toBe(0);
    jest.advanceTimersByTime(9_999);
    expect(failures.suspectFor('192.0.2.1')).toBe(1);
    jest.advanceTimersByTime(1);
    expect(failures.suspectFor('192.0.2.1')).toBe(0);
  });

  it('are counted for so many addresses at most', () => {
    const failures = new FailedAttempts();
    for (let i = 0; i < 30_000; i++) failures.note(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(failures.size).toBe(10_000);
  });
});

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('%s counts for %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  it('have 600 requests a minute where nobody says who they are; this machine has no limit', () => {
    const addresses = new AddressLimits();
    for (let i = 0; i < 600; i++) expect(addresses.take('192.0.2.1')).toBe(0);
    expect(addresses.take('::ffff:192.0.2.1')).toBe(1);
    for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      for (let i = 0; i < 1_000; i++) expect(addresses.take(own)).toBe(0);
  });
});
