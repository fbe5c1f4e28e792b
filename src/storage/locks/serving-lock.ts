import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { unreachable } from '../unreachable';

const LOCK = 7_431_023;
/** How long a start waits for the gateway before it, which may be closing. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 250;
/** How often the session is used, so that one that broke without a word is noticed; and how long an answer may take. */
const BEAT_MS = 5_000;
const ANSWER_MS = 5_000;
const RETRY_MS = 1_000;
const LONGEST_NAME = 63;

const TAKE = 'select pg_try_advisory_lock($1) as taken';
const HOLDER = `select a.pid, a.application_name as name, a.client_addr::text as address
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1 and l.objsubid = 1
   and l.database = (select oid from pg_database where datname = current_database())`;

interface Holder {
  readonly pid: number;
  readonly name: string;
  readonly address: string | null;
}

export interface ServingLockOptions {
  readonly url: string;
  /** Told when another gateway serves the database, and its end is waited for. */
  readonly onWait: (message: string) => void;
  /** Told when the session broke and another gateway took the lock meanwhile: this one must not serve on. */
  readonly onLost: (error: Error) => void;
  readonly patienceMs?: number;
  readonly beatMs?: number;
}

/**
 * One gateway's claim on a PostgreSQL database: an advisory lock, held by a session of its own. It ends with that
 * session, so a killed gateway leaves nothing behind. A session that breaks is replaced, and the lock taken again.
 */
export class ServingLock {
  readonly #options: Required<ServingLockOptions>;
  readonly #name = `tertulia serve ${randomUUID().slice(0, 8)} ${process.pid} on ${hostname()}`.slice(
    0,
    LONGEST_NAME,
  );
  readonly #closing = new AbortController();
  #client: Client | null = null;
  #beating: NodeJS.Timeout | undefined;
  #retaking: Promise<void> = Promise.resolve();

  private constructor(options: ServingLockOptions) {
    this.#options = { patienceMs: PATIENCE_MS, beatMs: BEAT_MS, ...options };
  }

  /** @throws Error, of code EBUSY, that names who holds the lock; ClientError STORAGE_UNAVAILABLE. */
  static async acquire(options: ServingLockOptions): Promise<ServingLock> {
    const lock = new ServingLock(options);
    const client = await lock.#connect().catch((error: unknown) => {
      throw unreachable(error);
    });
    try {
      await lock.#waitFor(client);
    } catch (error) {
      await client.end();
      throw error;
    }
    lock.#watch(client);
    return lock;
  }

  async release(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#beating);
    await this.#retaking;
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.#options.url,
      application_name: this.#name,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    client.on('error', () => undefined); // who uses it is told, and so is the watch
    await client.connect();
    return client;
  }

  /** Waits while another gateway closes. */
  async #waitFor(client: Client): Promise<void> {
    const deadline = performance.now() + this.#options.patienceMs;
    for (let isFirst = true; ; isFirst = false) {
      const holder = await this.#take(client);
      if (holder === null) return;
      if (performance.now() > deadline) throw refusal(holder);
      if (isFirst) this.#options.onWait(`${describe(holder)} serves this database: waiting for it to close`);
      await sleep(LOOK_MS);
    }
  }

  /** @returns null when the lock is ours now, or else who holds it. */
  async #take(client: Client): Promise<Holder | null> {
    const { rows } = await client.query<{ taken: boolean }>(TAKE, [LOCK]);
    if (rows[0]?.taken) return null;
    const [holder] = (await client.query<Holder>(HOLDER, [LOCK])).rows;
    if (holder === undefined) return this.#take(client); // gone meanwhile
    if (holder.name !== this.#name) return holder;
    // A session of ours that the server has not found broken yet.
    await client.query('select pg_terminate_backend($1)', [holder.pid]);
    await sleep(LOOK_MS);
    return this.#take(client);
  }

  #watch(client: Client): void {
    this.#client = client;
    client.once('end', () => {
      if (this.#client !== client) return;
      this.#client = null;
      clearInterval(this.#beating);
      this.#retaking = this.#retake();
    });
    let isAnswered = true;
    this.#beating = setInterval(() => {
      if (!isAnswered) return;
      isAnswered = false;
      client.query('select 1').then(
        () => {
          isAnswered = true;
        },
        () => breakOff(client),
      );
    }, this.#options.beatMs).unref();
  }

  async #retake(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      let client: Client | null = null;
      try {
        client = await this.#connect();
        const holder = await this.#take(client);
        if (holder === null) {
          this.#watch(client);
          return;
        }
        await client.end();
        this.#options.onLost(refusal(holder));
        return;
      } catch {
        if (client !== null) breakOff(client);
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** Ends a session without a farewell that a silent server would never take. */
function breakOff(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

function describe({ pid, name, address }: Holder): string {
  const who = name === '' ? 'Another gateway' : `Another gateway ("${name}")`;
  return `${who} at ${address ?? 'a local socket'}, session ${pid},`;
}

function refusal(holder: Holder): Error {
  return Object.assign(
    new Error(
      `${describe(holder)} serves this database, and one gateway at a time can: others would miss its events and ` +
        'promotions. Stop it, or give this one another DATABASE_URL.',
    ),
    { code: 'EBUSY' },
  );
}
