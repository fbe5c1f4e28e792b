import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type CheckDocument, createCheck } from './check-document';
import { limitLength, MAX_TOKENS } from './document-limits';
import { keepLines } from './document-lines';
import { FairQueue } from './fair-queue';
import { asUserError, OperationRefused } from './operation-refused';

/** Estimated bytes of all documents that are kept, with the plans that they are run by. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Measured: the tree of a document takes 30 to 108 bytes a character, its plan 220 to 280 a selection. */
const BYTES_PER_CHARACTER = 110;
const BYTES_PER_SELECTION = 300;

/** Work of reading a document, beside a fourth of its characters: about as many as it has tokens. */
const LEAST_WORK = 100;

export interface DocumentStoreOptions {
  readonly schema: GraphQLSchema;
  /** Whether the schema may be explored. */
  readonly explorer: boolean;
  readonly keptBytes?: number;
}

interface Kept {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/**
 * Documents that clients send, parsed and checked; those used last are kept. What else is kept of a
 * document, such as the plan that it is run by, hangs on the document and goes with it.
 */
export class DocumentStore {
  readonly turns = new FairQueue();
  readonly #check: CheckDocument;
  readonly #keptBytes: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor({ schema, explorer, keptBytes = KEPT_BYTES }: DocumentStoreOptions) {
    this.#check = createCheck(schema, { explorer });
    this.#keptBytes = keptBytes;
  }

  /** Estimated bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * @param client who sends it: new documents of different clients are read by turns.
   * @throws OperationRefused when the text isn't a valid document, or asks for too much.
   */
  get(text: string, client: string): DocumentNode | Promise<DocumentNode> {
    const kept = this.#kept.get(text);
    if (kept) {
      this.#kept.delete(text);
      this.#kept.set(text, kept);
      return kept.document;
    }
    const tooLong = limitLength(text);
    if (tooLong) throw new OperationRefused([tooLong]);
    const wait = this.turns.take(client, LEAST_WORK + text.length / 4);
    return wait ? wait.then(() => this.#kept.get(text)?.document ?? this.#read(text)) : this.#read(text);
  }

  #read(text: string): DocumentNode {
    const document = parseDocument(text);
    const { errors, selections } = this.#check(document);
    if (errors.length > 0) throw new OperationRefused(errors.map(asUserError));
    this.#keep(text, {
      document,
      bytes: text.length * BYTES_PER_CHARACTER + selections * BYTES_PER_SELECTION,
    });
    return document;
  }

  #keep(text: string, entry: Kept): void {
    this.#kept.set(text, entry);
    this.#bytes += entry.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#keptBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}

function parseDocument(text: string): DocumentNode {
  try {
    const document = parse(text, { maxTokens: MAX_TOKENS });
    keepLines(document);
    return document;
  } catch (error) {
    throw error instanceof GraphQLError ? new OperationRefused([asUserError(error)]) : error;
  }
}
