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

/**
 * Starts a supervisor with its consumers on the database and queue of this test file: compiled, as `npm start` does, or
 * from source if a module is preloaded (NODE_OPTIONS), because that module patches source modules.
 * @param options.quiet suppresses standard error, for tests that crash consumers
 */
export async function startWorkers(
  env: Record<string, string> = {},
  options: { quiet?: boolean } = {},
): Promise<Workers> {
  const main = env.NODE_OPTIONS ? 'workers/main.ts' : 'dist/workers/main.js';
  const child = fork(fileURLToPath(new URL(`../../../${main}`, import.meta.url)), [], {
    execArgv: env.NODE_OPTIONS ? ['--import', 'tsx'] : [],
    env: { ...process.env, WORKER_PROCESSES: '1', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'inherit', options.quiet ? 'ignore' : 'inherit', 'ipc'],
  });
  await until(
    'the workers have started',
    async () => {
      const { rows } = await pool().query('select 1 from node where pid = $1 and processes > 0', [child.pid]);
      return rows.length > 0;
    },
    { timeoutMs: 60_000 },
  );
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
