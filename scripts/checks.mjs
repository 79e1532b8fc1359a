import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { generate } from './lib/generate.mjs';
import { install, installBuildTools } from './lib/install.mjs';

/**
 * An installed program.
 * @param {string} name
 */
export const bin = (name) => join('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * @typedef {readonly [string, ...string[]]} Command
 * @typedef {{ name: string, command: Command, env?: NodeJS.ProcessEnv }} Check
 */

/**
 * What `npm run verify` checks; none of it needs a service. Without a registry the dependency audit is left out.
 * @type {Check[]}
 */
export const CHECKS = [
  { name: 'format, lint, layers', command: [bin('biome'), 'check', '--error-on-warnings'] },
  { name: 'types', command: [bin('tsc'), '--noEmit', '--pretty'] },
  // The workers have no browser: these types leave the DOM out.
  { name: 'types of workers', command: [bin('tsc'), '--noEmit', '--pretty', '-p', 'tsconfig.workers.json'] },
  { name: 'types of scripts', command: [bin('tsc'), '--noEmit', '--pretty', '-p', 'tsconfig.scripts.json'] },
  { name: 'dead code', command: [bin('knip'), '--no-progress'] },
  { name: 'retired words', command: [process.execPath, 'scripts/lib/retired-words.mjs'] },
  { name: 'weight of packages', command: [process.execPath, 'scripts/size.mjs'] },
  { name: 'dependency audit', command: [process.execPath, 'scripts/lib/dependency-audit.mjs'] },
  { name: 'schema drift', command: [process.execPath, '--import', 'tsx', 'prisma/migrate.ts', 'drift'] },
  { name: 'unit tests', command: [bin('vitest'), 'run', '--project', 'unit', '--project', 'render'] },
];

/**
 * Runs one command to its end and keeps its output.
 * @param {Command} command
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function capture([command, ...args], env = {}) {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    /**
     * @param {number} code
     * @param {string} [note]
     */
    const end = (code, note = '') =>
      resolve({ code, output: Buffer.concat(chunks).toString() + note, seconds: (performance.now() - began) / 1000 });
    child.on('error', (error) => end(127, error.message));
    child.on('close', (code, signal) => end(code ?? 1, signal ? `\nended by ${signal}` : ''));
  });
}

/**
 * Runs one command to its end and shows its output.
 * @param {Command} command
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
export function stream([command, ...args], env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs one command to its end; prints each line with the name before it, because others run at the same time.
 * @param {string} name
 * @param {Command} command
 * @param {{ nice?: number, onLine?: (line: string) => void }} [options] nice: from 1 to 19, how far other stages go before it
 * @returns {Promise<number>} its exit code
 */
export function follow(name, [command, ...args], { nice = 0, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    if (nice > 0 && child.pid) setPriority(child.pid, nice);
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        onLine?.(line);
        if (line.trim()) console.log(`${name.padEnd(8)} │ ${line}`);
      });
    }
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs checks at the same time, and prints a line for each when it ends.
 * @param {Check[]} checks
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks(checks) {
  const waiting = [...checks];
  /** @type {string[]} */
  const failed = [];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { code, output, seconds } = await capture(check.command, check.env);
      console.log(`${code === 0 ? '✓' : '✗'} ${check.name.padEnd(22)} ${seconds.toFixed(1).padStart(6)} s`);
      if (code !== 0) failed.push(check.name);
      // What a check left out is said also where it passed.
      else if (!output.startsWith('Skipped: ')) continue;
      console.log(output.trimEnd().replace(/^/gm, '    '));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, lane));
  return failed;
}

/** Installs and generates what a fresh clone lacks. @throws when a step fails */
export async function prepare() {
  await install();
  await installBuildTools();
  await generate();
  if (!existsSync('next-env.d.ts')) await must('generating route types', [bin('next'), 'typegen']);
}

/**
 * @param {string} what
 * @param {Command} command
 */
async function must(what, command) {
  console.log(`… ${what}`);
  const { code, output } = await capture(command);
  if (code !== 0) throw new Error(`${what} failed:\n${output}`);
}
