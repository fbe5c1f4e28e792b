import { isUnreachable, unreachable } from '../../src/storage/unreachable';

const failure = (code: string) => Object.assign(new Error('what the server said'), { code });

it("tells a full disk of the server from one that can't be reached", () => {
  expect(isUnreachable(failure('53100'))).toBe(true);
  expect(unreachable(failure('53100')).message).toContain('is full');
  expect(unreachable(failure('ECONNREFUSED')).message).toContain('cannot be reached');
});
