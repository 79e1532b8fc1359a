import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from './port';
import type { RunningService } from './postgres';

const INSTALL =
  'redis-server is not installed, and the tests of the Redis backend need it. ' +
  'Install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis), or name one in TEST_REDIS_URL.';

/** A redis-server of our own on a free port, or the one that TEST_REDIS_URL names. */
export async function startRedis(given: string | undefined): Promise<RunningService> {
  if (given) return { url: given, stop: async () => undefined };
  const port = await freePort();
  const server = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(server, 'exit');
  exited.catch(() => undefined);
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(INSTALL) : error),
    );
    server.once('exit', (code) =>
      reject(new Error(`redis-server ended with ${code}.\n${output.slice(-10).join('\n')}`)),
    );
    createInterface({ input: server.stdout }).on('line', (line) => {
      output.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGTERM');
      await exited;
    },
  };
}
