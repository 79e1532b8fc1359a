import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withoutSettings } from '@/scripts/lib/foreign-settings.mjs';
import { freePort } from '@/scripts/lib/port.mjs';
import type { Product } from './products';

const START_MS = 8 * 60_000;
const STOP_MS = 30_000;

/** Npm runs the tests, and what it tells of them is not for the product. */
const OF_NPM = /^npm_/;

export interface StartedProduct extends Product {
  /** of `npm start`, from which every process of the product descends */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the product as a user does, with `npm start`, and waits for its line `ready <url>`.
 * @param extra environment; undefined leaves a variable to the product's default
 */
export async function startProduct(name: string, extra: Record<string, string | undefined>): Promise<StartedProduct> {
  const dataDir = await mkdtemp(join(tmpdir(), `batchyard-e2e-${name}-`));
  // As root, Postgres runs as another account, which must be able to pass; else its files would go elsewhere.
  await chmod(dataDir, 0o711);
  const account = {
    apiKey: `e2e-${randomBytes(20).toString('hex')}`,
    email: 'ana@example.org',
    password: randomBytes(12).toString('base64url'),
  };
  const inherited = Object.entries(withoutSettings(process.env)).filter(([name]) => !OF_NPM.test(name));
  const env: Record<string, string | undefined> = {
    ...Object.fromEntries(inherited),
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    INIT_ADMIN_EMAIL: account.email,
    INIT_ADMIN_PASSWORD: account.password,
    INIT_API_KEY: account.apiKey,
    WORKER_PROCESSES: '2',
    ...extra,
  };
  // In a group of its own, so that it can be sent what Ctrl-C sends.
  const child = spawn('npm', ['start'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: env as NodeJS.ProcessEnv,
  });
  await mkdir('test-results', { recursive: true });
  const log = createWriteStream(join('test-results', `product-${name}.log`));
  try {
    const url = await ready(child, log, name);
    const { databaseUrl } = JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')) as { databaseUrl?: string };
    return { ...account, pid: child.pid ?? 0, url, databaseUrl, stop: () => stop(child, dataDir) };
  } catch (error) {
    await stop(child, dataDir);
    throw error;
  }
}

function ready(child: ChildProcess, log: NodeJS.WritableStream, name: string): Promise<string> {
  const tail: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`npm start (${name}) ${why}\n${tail.join('\n')}`));
    const timer = setTimeout(() => fail(`was not ready within ${START_MS / 60_000} minutes`), START_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        tail.push(line);
        if (tail.length > 40) tail.shift();
        const url = /^ready (http\S+)/.exec(line.trim())?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      });
    }
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

/** Ctrl-C: everything has to end by itself; whatever stays behind is ended and reported. */
async function stop(child: ChildProcess, dataDir: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    signal(child.pid, 'SIGINT');
    const late = setTimeout(() => signal(child.pid, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(late);
    if (child.signalCode === 'SIGKILL') throw new Error('The product did not stop within 30 s of Ctrl-C.');
  }
  await rm(dataDir, { recursive: true, force: true });
}

function signal(group: number | undefined, name: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, name);
  } catch (error) {
    // ESRCH: the group has ended already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
