import type { Access, Database, Procedure } from '../src/storage/database';

const { procedure: countReads }: { procedure: Procedure<object, Reads> } =
  require('./fixtures/count-reads.cjs');

export interface Reads {
  /** Of tables and indexes, each time that one was looked at. */
  readonly pages: number;
  /** Rows and index entries. */
  readonly rows: number;
}

/** A database that adds up what was read on the way to its answers. */
export class CountedDatabase implements Database {
  readonly system: Access;
  #reads: Reads = { pages: 0, rows: 0 };

  constructor(private readonly database: Database) {
    this.system = this.#counted(database.system);
  }

  get concurrency(): number {
    return this.database.concurrency;
  }

  scope(organizationId: string): Access {
    return this.#counted(this.database.scope(organizationId));
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** What `work` read. */
  async during(work: () => Promise<unknown>): Promise<Reads> {
    this.#reads = { pages: 0, rows: 0 };
    await work();
    return this.#reads;
  }

  /** Everything runs twice, and is counted the first time: answers of a procedure lose what JSON cannot say. */
  #counted(access: Access): Access {
    return {
      query: async (sql, parameters = []) => {
        this.#add(await access.call(countReads, { sql, parameters }));
        return access.query(sql, parameters);
      },
      call: async (procedure, input) => {
        this.#add(await access.call(countReads, { module: procedure.module, input }));
        return access.call(procedure, input);
      },
    };
  }

  #add({ pages, rows }: Reads): void {
    this.#reads = { pages: this.#reads.pages + pages, rows: this.#reads.rows + rows };
  }
}
