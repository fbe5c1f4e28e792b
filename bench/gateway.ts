import { readFileSync } from 'node:fs';
import { Child } from './child';
import { print } from './compare';

export interface Server {
  readonly child: Child;
  readonly port: number;
}

const { start } = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } })
  .scripts;
/** What `npm start` gives to `node`, flags included; what it is compared with runs as anybody would run it. */
const START = start.split(' ').slice(1);

/** The gateway as it is shipped, on any free port. */
export async function startGateway(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const started = performance.now();
  const child = new Child(START, { DATA_DIR: dataDir, PORT: '0', ...environment });
  const port = await child.listening();
  print(`  the gateway was ready ${Math.round(performance.now() - started)} ms after its start`);
  return { child, port };
}
