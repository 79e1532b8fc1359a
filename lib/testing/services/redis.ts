import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@/scripts/lib/port.mjs';
import { given, type RunningService } from './postgres';

const INSTALL =
  'redis-server is not installed, and the tests of the Redis backend need it. ' +
  'Install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis), or name one in TEST_REDIS_URL.';

const FLAGS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];

/** Starts a redis-server on a free port, or uses the one at TEST_REDIS_URL. */
export async function startRedis(address: string | undefined): Promise<RunningService> {
  return address ? given(address) : startOwnRedis();
}

/**
 * Starts a Redis that can also be frozen. @param flags in addition to the test defaults, such as `--cluster-enabled
 * yes`
 */
export async function startOwnRedis(
  ...flags: string[]
): Promise<RunningService & { freeze(): void; thaw(): void; kill(): Promise<void> }> {
  const port = await freePort();
  let server = await launch(port, flags);
  // A program that ends early must leave no server behind.
  const atExit = () => server.kill('SIGKILL');
  process.once('exit', atExit);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      process.off('exit', atExit);
      await end('SIGTERM');
    },
    restart: async (awayMs = 0) => {
      await end('SIGKILL');
      if (awayMs > 0) await sleep(awayMs);
      server = await launch(port, flags);
    },
    kill: () => end('SIGKILL'),
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
  };
}

async function launch(port: number, flags: string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', ['--port', String(port), ...FLAGS, ...flags], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
  return server;
}
