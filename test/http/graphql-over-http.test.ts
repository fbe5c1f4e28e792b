import { type Audit, serverAudits } from 'graphql-http';
import { build, listen } from './gateway';

const AUDITS = serverAudits({ url: 'http://only-names.invalid' });

describe('GraphQL over HTTP', () => {
  it('passes every audit of its specification', async () => {
    const { app } = await build();
    const audits: Audit[] = serverAudits({ url: `http://127.0.0.1:${await listen(app)}/graphql` });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(
      results.filter(({ status }) => status !== 'ok').map(({ name, status }) => ({ name, status })),
    ).toEqual([]);
    expect(results).toHaveLength(AUDITS.length);
  });
});
