import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.unstubAllEnvs());

const message = (type: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
};

/** Server messages that arrive together: authentication passed, ready for queries, terminated by an administrator. */
const HELLO_AND_GOODBYE = Buffer.concat([
  message('R', '\0\0\0\0'),
  message('Z', 'I'),
  message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
]);

test('reports the error of a listening connection that Postgres ends while it starts', async () => {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(HELLO_AND_GOODBYE));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('DATABASE_URL', `postgresql://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/anything`);
  const { queueOf, closeQueues } = await import('./queues');
  const unheard: Error[] = [];
  const listener = (error: Error) => unheard.push(error);
  process.on('uncaughtException', listener);
  try {
    const backend = queueOf('diagnostic').getBackend() as unknown as {
      connection: { getListenClient(): Promise<{ query(text: string): Promise<unknown> }> };
    };
    const client = await backend.connection.getListenClient();
    await expect(client.query('listen bullmq_jobs')).rejects.toThrow();
  } finally {
    process.off('uncaughtException', listener);
    await closeQueues();
    server.close();
  }
  expect(unheard).toEqual([]);
});
