import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildSchema,
  type ExecutionArgs,
  execute,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { ClientError } from '../../src/errors';
import { DocumentStore } from '../../src/graphql/documents/document-store';
import { Metrics } from '../../src/metrics';
import { Announcements } from '../../src/realtime/bus/announcements';
import { MemoryBus } from '../../src/realtime/bus/memory-bus';
import { assignmentTopic } from '../../src/realtime/bus/topics';
import { Feeds } from '../../src/realtime/feeds/feeds';
import { WebSocketGateway, type WebSocketOptions } from '../../src/realtime/sockets/websocket';
import type { Viewer } from '../../src/viewer';
import { MemoryEventLog } from './memory-event-log';

const SDL = `
  type Query { city: String }
  type EventRoom { id: ID! segmentNumber: Int memberCount: Int! }
  type RoomMembershipEvent {
    seq: Int! kind: String! city: String! userId(shout: Boolean): ID
    room: EventRoom! previousRoom: EventRoom at: String! trap: String
  }
  type Assignment { userId: ID! cluster: Int }
  type Subscription {
    roomMembershipChanged(city: String!, after: Int): RoomMembershipEvent!
    assignmentChanged(userId: ID!): Assignment!
    plain: Int
  }
`;

interface ToyContext {
  readonly viewer: Viewer;
}

/** A whole gateway of one city, over real sockets. */
export class ToyGateway {
  readonly errors: unknown[] = [];
  readonly onError = (error: unknown) => void this.errors.push(error);
  readonly bus = new MemoryBus({ onError: this.onError });
  readonly log = new MemoryEventLog();
  readonly feeds: Feeds;
  readonly announcements = new Announcements(this.bus, this.onError);
  readonly metrics = new Metrics();
  readonly server: Server = createServer();
  readonly sockets: WebSocketGateway;
  /** Payloads executed so far. */
  executions = 0;
  /** Answers of `trap`, the field that fails on demand. */
  trap: () => unknown = () => null;

  private constructor(options: Partial<WebSocketOptions>) {
    this.feeds = new Feeds({ bus: this.bus, log: this.log, onError: this.onError });
    const schema = this.#schema();
    this.sockets = new WebSocketGateway(this.server, {
      schema,
      documents: new DocumentStore({ schema, explorer: true }),
      execute: (args: ExecutionArgs) => {
        this.executions++;
        return execute(args) as ReturnType<WebSocketOptions['execute']>;
      },
      contextFactory: (viewer): ToyContext => ({ viewer }),
      formatError,
      metrics: this.metrics,
      path: '/graphql',
      authenticate,
      onError: this.onError,
      ...options,
    });
  }

  static async start(options: Partial<WebSocketOptions> = {}): Promise<ToyGateway> {
    const gateway = new ToyGateway(options);
    await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/graphql`;
  }

  /** Commits events and announces them. */
  commit(count = 1): void {
    this.announcements.announce(this.log.append(count));
  }

  async stop(): Promise<void> {
    await this.sockets.close();
    await this.bus.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #schema(): GraphQLSchema {
    const schema = buildSchema(SDL);
    const {
      roomMembershipChanged: city,
      assignmentChanged: assignment,
      plain,
    } = (schema.getType('Subscription') as GraphQLObjectType).getFields();
    const { trap, userId } = (schema.getType('RoomMembershipEvent') as GraphQLObjectType).getFields();
    if (!city || !assignment || !plain || !trap || !userId) throw new Error('The toy schema lacks a field');
    city.subscribe = (_root, args, { viewer }: ToyContext) => {
      if (args.city === 'Forbidden City') throw new ClientError('FORBIDDEN', 'This city is not yours.');
      return this.feeds.citySource(viewer.organizationId, args.city.toLowerCase(), { after: args.after });
    };
    city.resolve = (event) => event;
    assignment.subscribe = (_root, args, { viewer }: ToyContext) =>
      this.feeds.liveSource(assignmentTopic(viewer.organizationId, args.userId));
    assignment.resolve = (event) => event;
    plain.subscribe = async function* () {
      yield 1;
    };
    userId.resolve = (event, { shout }) => (shout ? event.userId?.toUpperCase() : event.userId);
    trap.resolve = () => this.trap();
    return schema;
  }
}

function authenticate(authorization: string | undefined): Viewer {
  const viewer = {
    organizationId: 'nomads',
    role: 'APP',
    userId: null,
    actor: 'test',
    keyId: null,
    expiresAt: null,
  } as const;
  if (authorization === undefined) return viewer;
  if (authorization.startsWith('Bearer member-')) {
    return { ...viewer, role: 'MEMBER', userId: authorization.slice('Bearer member-'.length) };
  }
  if (authorization === 'Bearer broken') throw new Error('A defect');
  if (authorization === 'Bearer later') throw new ClientError('STORAGE_UNAVAILABLE', 'The database is away.');
  throw new ClientError('UNAUTHENTICATED', 'The key is not known; ask an administrator for one.');
}

function formatError(error: unknown) {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof ClientError || cause instanceof GraphQLError) {
    return { message: cause.message, extensions: cause.extensions };
  }
  return { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}
