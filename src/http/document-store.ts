import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { LruMap } from '../lru-map';

type ApolloDocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;
type Document = NonNullable<Awaited<ReturnType<ApolloDocumentStore['get']>>>;

const KEPT_DOCUMENTS = 500;

/** Characters; longer documents, which no client repeats by the thousand, are parsed each time. */
const KEPT_LENGTH = 8_192;

/**
 * Documents that were parsed and found valid: those used last. What else is kept of a document, such
 * as its compiled form, hangs on the document and goes with it.
 */
export class DocumentStore implements ApolloDocumentStore {
  readonly #documents = new LruMap<string, Document>(KEPT_DOCUMENTS);

  async get(hash: string): Promise<Document | undefined> {
    return this.#documents.get(hash);
  }

  async set(hash: string, document: Document): Promise<void> {
    const length = document.loc?.source.body.length ?? Number.POSITIVE_INFINITY;
    if (length <= KEPT_LENGTH) this.#documents.set(hash, document);
  }

  async delete(hash: string): Promise<void> {
    this.#documents.delete(hash);
  }
}
