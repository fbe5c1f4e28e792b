import { randomUUID } from 'node:crypto';
import { isAgePlace } from '../src/age-order';

it.each(['2026-02-28T23:59:59.123456Z', '1999-12-31T00:00:00.000000Z'])('reads a place at %s', (time) => {
  expect(isAgePlace(`${time} ${randomUUID()}`)).toBe(true);
});

it.each([
  '2026-02-29T00:00:00.000000Z',
  '2026-13-01T00:00:00.000000Z',
  '2026-01-01T24:00:00.000000Z',
  '2026-01-01T00:00:60.000000Z',
  '0000-01-01T00:00:00.000000Z',
  '2026-01-01T00:00:00Z',
  'infinity',
])('takes %s for no time that the database can read', (time) => {
  expect(isAgePlace(`${time} ${randomUUID()}`)).toBe(false);
});

it.each(['', '7', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z 7'])(
  'takes %j for no place',
  (text) => {
    expect(isAgePlace(text)).toBe(false);
  },
);
