import { createLogger } from '../../src/http/logger';

function logged(error: unknown): string {
  const lines: string[] = [];
  createLogger('error', { write: (line: string) => void lines.push(line) }).error({ err: error }, 'A defect');
  return lines.join('');
}

describe('a logged error', () => {
  it('tells what finds the defect, and nothing of what databases and GraphQL hang on it', () => {
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (user_id)=(Zoe) exists',
      params: ['Zoe', 'climbing'],
    });
    const error = Object.assign(new TypeError('Cannot write', { cause }), {
      variables: { input: { userId: 'Zoe', interests: { climbing: true } } },
    });
    const line = logged(error);
    expect(JSON.parse(line).err).toMatchObject({
      type: 'TypeError',
      message: 'Cannot write',
      stack: expect.stringContaining('logger.test'),
      cause: { type: 'Error', message: 'duplicate key', code: '23505' },
    });
    expect(line).not.toMatch(/Zoe|climbing/);
  });

  it('may be anything', () => {
    expect(JSON.parse(logged('thrown')).err).toBe('thrown');
    expect(JSON.parse(logged(null)).err).toBeNull();
  });
});
