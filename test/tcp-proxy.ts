import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does with connections: lets them through, refuses, resets, or never says a word. */
export type ProxyMode = 'pass' | 'refuse' | 'reset' | 'silent';

/** Stands between a client and a server, to break what is between them. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  readonly #target: { host: string; port: number };
  #mode: ProxyMode = 'pass';
  #server: Server | null = null;
  #port = 0;

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
  }

  static async start(target: { host: string; port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Breaks what is connected; `silent` keeps it and lets nothing through. */
  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    if (mode !== 'silent') for (const socket of this.#sockets) socket.resetAndDestroy();
    if (mode === 'refuse') await this.close();
    else if (this.#server === null) await this.#listen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server === null) return;
    server.close();
    await once(server, 'close');
  }

  async #listen(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket)).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(socket: Socket): void {
    this.#keep(socket);
    if (this.#mode === 'reset') socket.resetAndDestroy();
    if (this.#mode !== 'pass') return;
    const upstream = createConnection(this.#target);
    this.#keep(upstream);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      from.on('data', (data) => {
        if (this.#mode === 'pass') to.write(data);
      });
      from.on('close', () => to.destroy());
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
