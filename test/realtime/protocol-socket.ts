import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Message {
  readonly id?: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sent
  readonly payload?: any;
}

export const WATCH = `
  subscription Watch($city: String!, $after: Int) {
    roomMembershipChanged(city: $city, after: $after) { seq kind userId room { id memberCount } }
  }`;

/** A client that speaks the protocol word by word. */
export class ProtocolSocket {
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #arrived = () => {};

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      this.#arrived();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#arrived();
      });
    });
  }

  /** Opens a socket, without `connection_init`. */
  static async open(url: string, protocol = 'graphql-transport-ws'): Promise<ProtocolSocket> {
    const client = new ProtocolSocket(new WebSocket(url, protocol));
    await once(client.socket, 'open');
    return client;
  }

  /** Opens a socket and has it acknowledged. */
  static async connect(url: string, authorization?: string): Promise<ProtocolSocket> {
    const client = await ProtocolSocket.open(url);
    client.send({ type: 'connection_init', ...(authorization && { payload: { authorization } }) });
    await client.until(({ type }) => type === 'connection_ack');
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, variables: object = { city: 'Lisbon' }, query = WATCH): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** Resolves once the server has handled everything that was sent before. */
  async settled(): Promise<void> {
    const marker = `marker-${this.messages.length}-${Math.random()}`;
    this.send({ type: 'ping', payload: { marker } });
    await this.until(({ payload }) => payload?.marker === marker);
  }

  /** The first message of this kind, now or later. */
  async until(matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(matches);
      if (found) return found;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('The socket closed');
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** The numbers that a subscription has received. */
  seqs(id: string): number[] {
    return this.messages
      .filter((message) => message.id === id && message.type === 'next')
      .map(({ payload }) => payload.data.roomMembershipChanged.seq);
  }

  /** Resolves once a subscription has received this number. */
  async untilSeq(id: string, seq: number): Promise<number[]> {
    await this.until(
      (message) => message.id === id && message.payload?.data?.roomMembershipChanged?.seq === seq,
    );
    return this.seqs(id);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
