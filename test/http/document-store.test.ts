import { parse } from 'graphql';
import { DocumentStore } from '../../src/http/document-store';

describe('the store of documents', () => {
  it('keeps the 500 used last', async () => {
    const store = new DocumentStore();
    const document = parse('{ hello }');
    for (let n = 0; n < 500; n++) await store.set(`hash ${n}`, document);
    await store.get('hash 0');
    await store.set('hash 500', document);
    const kept = await Promise.all(['hash 0', 'hash 1', 'hash 500'].map((hash) => store.get(hash)));
    expect(kept).toEqual([document, undefined, document]);
    await store.delete('hash 0');
    expect(await store.get('hash 0')).toBeUndefined();
  });

  it('keeps no long ones, however few they are', async () => {
    const store = new DocumentStore();
    const padded = (length: number) => parse('{ hello }'.padEnd(length));
    await store.set('longest', padded(8_192));
    await store.set('longer', padded(8_193));
    expect(await store.get('longest')).toBeDefined();
    expect(await store.get('longer')).toBeUndefined();
  });
});
