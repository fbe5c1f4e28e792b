import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { service } from '../services';

/** A real nginx before a gateway. */
export class Nginx {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param directives of `location /`, beside `proxy_pass`. */
  static async start(upstream: string, directives: string): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'tertulia-nginx-'));
    const port = await freePort();
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
       events { worker_connections 64; }
       http {
         access_log off; ${temporary.join(' ')}
         server { listen 127.0.0.1:${port}; location / { proxy_pass ${upstream}; ${directives} } }
       }`,
    );
    const child = spawn(
      service('nginx') ?? '',
      ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
      {
        stdio: 'inherit',
      },
    );
    const nginx = new Nginx(`http://127.0.0.1:${port}`, child, folder);
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error('nginx ended');
      await sleep(20);
    }
    return nginx;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
