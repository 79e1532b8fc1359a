import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pool } from '@/lib/db/pool';
import { until } from '@/lib/testing/until';

export interface Workers {
  process: ChildProcess;
  /** sends SIGINT, like Ctrl-C, and waits for the exit */
  stop(): Promise<number | null>;
}

interface StartOptions {
  /** suppresses standard error, for tests that crash consumers */
  quiet?: boolean;
  /** a module of workers/testing that the supervisor and its consumers load first */
  preload?: 'few-slots' | 'misbehave';
}

/** Starts a compiled supervisor with its consumers on the database and queue of this test file, as `npm start` does. */
export async function startWorkers(
  env: Record<string, string> = {},
  { quiet, preload }: StartOptions = {},
): Promise<Workers> {
  const compiled = (name: string) => new URL(`../../../dist/workers/${name}.js`, import.meta.url);
  const nodeOptions = [env.NODE_OPTIONS ?? '', preload ? `--import ${compiled(`testing/${preload}`).href}` : ''];
  const child = fork(fileURLToPath(compiled('main')), [], {
    execArgv: [],
    env: {
      ...process.env,
      WORKER_PROCESSES: '1',
      LOG_LEVEL: 'error',
      ...env,
      NODE_OPTIONS: nodeOptions.join(' ').trim(),
    },
    stdio: ['ignore', 'inherit', quiet ? 'ignore' : 'inherit', 'ipc'],
  });
  await until('the workers have started', async () => {
    if (child.exitCode !== null) throw new Error(`The supervisor ended with ${child.exitCode} before it was ready.`);
    const { rows } = await pool().query('select 1 from node where pid = $1 and processes > 0', [child.pid]);
    return rows.length > 0;
  });
  return {
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}
