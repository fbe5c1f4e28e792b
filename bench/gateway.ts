import { Child } from './child';
import { print } from './compare';

export interface Server {
  readonly child: Child;
  readonly port: number;
}

/** The gateway as it is shipped, on any free port. */
export async function startGateway(dataDir: string): Promise<Server> {
  const started = performance.now();
  const child = new Child(['dist/main.js', 'serve'], { DATA_DIR: dataDir, PORT: '0' });
  const port = await child.listening();
  print(`  the gateway was ready ${Math.round(performance.now() - started)} ms after its start`);
  return { child, port };
}
