import { once } from 'node:events';
import { connect } from 'node:net';
import { build, listen } from './gateway';

it('closes a connection past the limit, and takes one again when there is room', async () => {
  const { app } = await build({ maxConnections: 1 });
  const port = await listen(app);
  const first = connect(port, '127.0.0.1');
  await once(first, 'connect');

  const second = connect(port, '127.0.0.1');
  second.resume();
  const [hadError] = await once(second, 'close');
  expect([hadError, second.bytesRead]).toEqual([false, 0]);

  first.end('GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  first.resume();
  await once(first, 'close');
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`, { headers: { connection: 'close' } });
  expect(await answer.json()).toEqual({ status: 'ok' });
});
