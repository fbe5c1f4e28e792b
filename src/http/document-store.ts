import type { ApolloServerOptions, BaseContext } from '@apollo/server';

type ApolloDocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;
type Document = NonNullable<Awaited<ReturnType<ApolloDocumentStore['get']>>>;

/**
 * Documents that were parsed and found valid, the least recently used dropped past a limit. What
 * else is kept of a document, such as its compiled form, hangs on the document and goes with it.
 */
export class DocumentStore implements ApolloDocumentStore {
  private readonly documents = new Map<string, Document>();

  constructor(private readonly limit = 500) {}

  async get(hash: string): Promise<Document | undefined> {
    const document = this.documents.get(hash);
    if (document !== undefined) {
      this.documents.delete(hash);
      this.documents.set(hash, document);
    }
    return document;
  }

  async set(hash: string, document: Document): Promise<void> {
    this.documents.set(hash, document);
    if (this.documents.size > this.limit) {
      const [oldest] = this.documents.keys();
      this.documents.delete(oldest as string);
    }
  }

  async delete(hash: string): Promise<boolean> {
    return this.documents.delete(hash);
  }
}
