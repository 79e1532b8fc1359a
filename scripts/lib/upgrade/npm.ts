import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shown } from '@/scripts/lib/cli-output';
import { UsageError } from '@/scripts/lib/usage-error';

const KEPT_LINES = 30;

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, which `signal` asks for. @throws UsageError if it is not there */
export async function run(command: string[], cwd: string, signal?: AbortSignal): Promise<Ran> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(`${program} was not found. It comes with Node: https://nodejs.org`);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** npm passes its own path to the programs that it runs. Without it, the npm of PATH is used. */
function npmCommand(): string[] {
  const path = process.env.npm_execpath;
  return path && /npm-cli\.js$/.test(path) ? [process.execPath, path] : ['npm'];
}

/**
 * Runs npm without a package's own scripts, of which the product needs none.
 * @param prefix the folder whose package.json it works on
 * @returns its standard output
 * @throws UsageError with the end of what it said
 */
export async function npm(args: string[], prefix: string, signal?: AbortSignal): Promise<string> {
  const options = ['--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  const { code, stdout, stderr } = await run([...npmCommand(), ...args, ...options], prefix, signal);
  if (code === 0 && !signal?.aborted) return stdout;
  const why = signal?.aborted ? 'was interrupted' : `failed (${code === null ? 'killed' : `exit ${code}`})`;
  throw new UsageError([`npm ${args[0]} ${why}.`, endOf(stderr || stdout)].filter(Boolean).join('\n'));
}

/** The last lines of what a program said, as a terminal may show them. */
export const endOf = (text: string): string =>
  text
    .trim()
    .split('\n')
    .slice(-KEPT_LINES)
    .map((line) => shown(line, '  '))
    .filter(Boolean)
    .join('\n');
