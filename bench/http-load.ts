import { connect } from 'node:net';
import { latencyOf, type Measured } from './measured';
import { assignBody, clusterBody } from './requests';

const CONNECTIONS = 64;

/** The requests of a load: where they go, and the nth one's body. */
const KINDS = {
  assign: { path: '/graphql', body: assignBody },
  cluster: { path: '/cluster', body: clusterBody },
  bare: { path: '/bare', body: clusterBody },
};
export type LoadKind = keyof typeof KINDS;

export interface LoadOrder {
  readonly kind: LoadKind;
  readonly port: number;
  readonly seconds: number;
  /** What goes into the header `authorization`; without it, none does. */
  readonly authorization?: string | undefined;
}

/** Counts on from load to load, so that every user is a new one. */
let n = 0;

process.on('message', async (order: LoadOrder) => process.send?.(await loadHttp(order)));

/**
 * Sends requests on 64 connections, the next one on each when the last is answered. Raw sockets and no HTTP
 * library, in a process of its own: the load must cost little beside what it measures, on the same machine.
 */
async function loadHttp({ kind, port, seconds, authorization }: LoadOrder): Promise<Measured> {
  const { path, body: bodyOf } = KINDS[kind];
  const credentials = authorization === undefined ? '' : `authorization: ${authorization}\r\n`;
  const latencies: number[] = [];
  let failures = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(Array.from({ length: CONNECTIONS }, () => run()));
  const elapsed = (performance.now() - start) / 1000;
  return { units: latencies.length, seconds: elapsed, latency: latencyOf(latencies), failures };

  function run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', send);
      let sent = 0;
      let missing = 0;
      socket.setNoDelay(true);
      socket.on('error', reject).on('close', () => resolve());
      socket.on('data', (chunk: Buffer) => {
        if (missing === 0) missing = begin(chunk);
        missing -= chunk.length;
        if (missing > 0) return;
        latencies.push(performance.now() - sent);
        if (performance.now() < end) send();
        else socket.end();
      });

      function send(): void {
        const body = bodyOf(n++);
        sent = performance.now();
        socket.write(
          `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${credentials}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      }
    });
  }

  /** Looks at an answer's first part, which holds all headers. Returns the whole answer's length. */
  function begin(chunk: Buffer): number {
    const start = chunk.toString('latin1', 0, 2_000);
    const body = start.indexOf('\r\n\r\n') + 4;
    const length = /content-length: (\d+)/i.exec(start)?.[1];
    if (body < 4 || length === undefined) throw new Error(`An answer that cannot be read: ${start}`);
    if (!start.startsWith('HTTP/1.1 200') || start.startsWith('{"errors"', body)) failures += 1;
    return body + Number(length);
  }
}
