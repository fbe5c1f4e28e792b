import type { Logger } from 'pino';
import { type AppOptions, createApp } from '../../src/app';
import { type Environment, loadConfig } from '../../src/config';
import { createLogger } from '../../src/http/logger';
import type { Metrics } from '../../src/metrics';
import { Client } from './client';
import { type Storage, useStorage } from './storages';

/** A whole gateway in this process, on a port of its own. */
export interface Gateway {
  readonly url: string;
  readonly client: Client;
  readonly metrics: Metrics;
  /** @throws Error when the gateway has logged a defect: every test would want to know. */
  close(): Promise<void>;
}

export async function startGateway(environment: Environment, options: AppOptions = {}): Promise<Gateway> {
  const defects: string[] = [];
  const app = await createApp(loadConfig({ PORT: '0', ...environment }), loggerInto(defects), options);
  const url = await app.listen();
  return {
    url,
    client: new Client(url),
    metrics: app.metrics,
    async close() {
      await app.close();
      if (defects.length > 0) throw new Error(`The gateway logged defects:\n${defects.join('')}`);
    },
  };
}

/** The gateway of a whole suite, on an empty storage of its own. */
export function useGateway(
  open: () => Promise<Storage>,
  environment: Environment = {},
): Omit<Gateway, 'close'> & Pick<Storage, 'environment'> {
  let gateway: Gateway;
  afterAll(() => gateway.close()); // before the storage's own: they run in the order they are written in
  const storage = useStorage(open);
  beforeAll(async () => {
    gateway = await startGateway({ ...storage.environment, ...environment });
  });
  return {
    get environment() {
      return storage.environment;
    },
    get url() {
      return gateway.url;
    },
    get client() {
      return gateway.client;
    },
    get metrics() {
      return gateway.metrics;
    },
  };
}

function loggerInto(lines: string[]): Logger {
  return createLogger('error', { write: (line: string) => void lines.push(line) });
}
