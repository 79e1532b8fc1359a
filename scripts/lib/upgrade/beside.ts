import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from '@/scripts/lib/process-identity.mjs';
import { UsageError } from '@/scripts/lib/usage-error';
import { endOf, npm, run } from './npm';

const NAME = /^upgrade-(\d+)$/;

/** A broken job file. */
export interface Broken {
  type: string;
  path: string;
  line?: number;
  error: string;
}

/** Another version, installed in a folder of its own beside the yard. */
export interface Beside {
  /** What its own `batchyard jobs check` says of the yard. @throws UsageError if it can't say anything */
  check(signal?: AbortSignal): Promise<{ usable: number; broken: Broken[] }>;
  changelog(): string;
  remove(): void;
}

/**
 * @param spec what npm installs
 * @param options for npm
 */
export async function installBeside(
  yard: string,
  spec: string,
  options: string[],
  signal?: AbortSignal,
): Promise<Beside> {
  const state = join(yard, '.batchyard');
  const folder = join(state, `upgrade-${process.pid}`);
  removeLeftovers(state);
  // The yard's state, which another account of Postgres may have to pass.
  mkdirSync(state, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // Registries and their tokens, as for the yard itself.
    if (existsSync(join(yard, '.npmrc'))) copyFileSync(join(yard, '.npmrc'), join(folder, '.npmrc'));
    await npm(['install', spec, '--omit=dev', ...options], folder, signal);
  } catch (error) {
    remove();
    throw error;
  }
  const product = join(folder, 'node_modules', 'batchyard');
  return {
    check: (within) => check(product, yard, within),
    changelog: () => {
      const file = join(product, 'CHANGELOG.md');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    remove,
  };
}

/** Folders of upgrades that were killed. */
function removeLeftovers(state: string): void {
  for (const name of existsSync(state) ? readdirSync(state) : []) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid && startOf(Number(pid)) === null) rmSync(join(state, name), { recursive: true, force: true });
  }
}

async function check(product: string, yard: string, signal?: AbortSignal) {
  const program = join(product, 'scripts', 'batchyard.mjs');
  const command = [process.execPath, program, 'jobs', 'check', '--json', '--no-types'];
  const { stdout, stderr } = await run(command, yard, signal);
  const lines = stdout.trim().split('\n').flatMap(parsed);
  const last = lines.pop();
  if (signal?.aborted || typeof last?.usable !== 'number') {
    throw new UsageError(`The new version could not check the job files.\n${endOf(stderr || stdout)}`.trim());
  }
  return { usable: last.usable, broken: lines.filter(({ error }) => error !== undefined) as unknown as Broken[] };
}

function parsed(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    // A version that knows no --json prints text, and is refused for it.
    return [];
  }
}
