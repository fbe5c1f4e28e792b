import { type DocumentNode, type GraphQLFormattedError, print, type TypedQueryDocumentNode } from 'graphql';

type Document<Result, Variables> = TypedQueryDocumentNode<Result, Variables>;

/** What a client is told instead of data. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The gateway as an app's developer uses it: the generated documents over HTTP. */
export class Client {
  /** @param key an API key or a member's token; null: none. */
  constructor(
    readonly url: string,
    readonly key: string | null = null,
  ) {}

  /** The headers that say who asks. */
  get credentials(): Record<string, string> {
    return this.key === null ? {} : { authorization: `Bearer ${this.key}` };
  }

  /** @throws Error when the gateway answers with any error. */
  async run<Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<Result> {
    const { data, errors } = await this.#send(document, variables);
    if (errors !== undefined || data === undefined || data === null) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** The first error that the gateway answers with. @throws Error when it answers with none. */
  async refusal<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
  ): Promise<Refusal> {
    const { status, data, errors } = await this.#send(document, variables);
    const [error] = errors ?? [];
    if (error === undefined) throw new Error(`Not refused: ${JSON.stringify(data)}`);
    return { status, code: String(error.extensions?.['code']), message: error.message };
  }

  /** Sends any body as JSON. */
  post(path: string, body: unknown): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.credentials },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
  }

  async #send<Result, Variables>(document: Document<Result, Variables>, variables: Variables) {
    const response = await this.post('/graphql', { query: textOf(document), variables });
    const answer = (await response.json()) as {
      data?: Result | null;
      errors?: readonly GraphQLFormattedError[];
    };
    return { status: response.status, ...answer };
  }
}

const texts = new WeakMap<object, string>();

/** A document as sent, printed once. */
export function textOf(document: DocumentNode): string {
  let text = texts.get(document);
  if (text === undefined) {
    text = print(document);
    texts.set(document, text);
  }
  return text;
}
