import type { StoredKey } from '../../src/auth/api-key-store';
import { KeyLookups } from '../../src/auth/key-lookups';

/** A database that answers when it is told to, and counts what it is asked. */
function slowDatabase() {
  const asked: (readonly string[])[] = [];
  let answer: () => void = () => undefined;
  const find = async (prefixes: readonly string[]) => {
    asked.push(prefixes);
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return prefixes.filter((prefix) => prefix.startsWith('good')).map((prefix) => ({ prefix }) as StoredKey);
  };
  return { asked, lookups: new KeyLookups(find), answer: () => answer() };
}

describe('KeyLookups', () => {
  it('asks one thing at a time, for all that came meanwhile', async () => {
    const { asked, lookups, answer } = slowDatabase();
    const first = lookups.find('good 1', false);
    const others = ['bad 2', 'good 3', 'good 3'].map((prefix) => lookups.find(prefix, false));
    answer();
    expect(await first).toEqual({ prefix: 'good 1' });
    answer();
    expect(await Promise.all(others)).toEqual([null, { prefix: 'good 3' }, { prefix: 'good 3' }]);
    expect(asked).toEqual([['good 1'], ['bad 2', 'good 3']]);
  });

  it('lets a right key of a suspect address in, however many wrong ones wait with it', async () => {
    const asked: (readonly string[])[] = [];
    const lookups = new KeyLookups(async (prefixes) => {
      asked.push(prefixes);
      return [{ prefix: 'good' } as StoredKey];
    });
    const wrong = Array.from({ length: 499 }, (_, i) => lookups.find(`bad ${i}`, true));
    const right = lookups.find('good', true);
    const turnedAway = await Promise.allSettled([lookups.find('bad 500', true), lookups.find('good', true)]);
    expect(turnedAway).toEqual([
      {
        status: 'rejected',
        reason: expect.objectContaining({ extensions: { code: 'RATE_LIMITED', retryAfter: 1 } }),
      },
      { status: 'fulfilled', value: { prefix: 'good' } },
    ]);
    expect(await right).toEqual({ prefix: 'good' });
    expect(await Promise.all(wrong)).toEqual(wrong.map(() => null));
    expect(asked).toHaveLength(1);
  });

  it('tells all who wait when the database cannot be asked, and goes on', async () => {
    let broken = true;
    const lookups = new KeyLookups(async () => {
      if (broken) throw new Error('away');
      return [];
    });
    const both = await Promise.allSettled([lookups.find('a', false), lookups.find('b', false)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await lookups.find('a', false)).toBeNull();
  });
});
