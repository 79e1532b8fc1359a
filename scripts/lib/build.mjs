import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, DIST, entries, PRELOADS } from './bundle.mjs';
import { compressStatic } from './compress-static.mjs';
import { contentHash } from './content-hash.mjs';
import { messageOf, StartError } from './failure.mjs';
import { generate } from './generate.mjs';
import { installBuildTools } from './install.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { takeLock } from './lock-file.mjs';
import { PACKED, ROOT } from './place.mjs';
import { identify } from './process-identity.mjs';
import { step } from './step.mjs';
import { runScript } from './task.mjs';
import { until } from './wait.mjs';

const SHARED = ['lib', 'prisma/schema.prisma', 'tsconfig.json', 'package.json', 'package-lock.json'];
const WEB = [
  ...SHARED,
  'app',
  'components',
  'public',
  'next.config.js',
  'postcss.config.mjs',
  'proxy.ts',
  'instrumentation.ts',
];
const WORKERS = [...SHARED, 'workers', 'prisma', 'scripts', ...PRELOADS];
/** What a build reads. Some of it may be missing. */
export const SOURCES = [...new Set([...WEB, ...WORKERS])];
const STAMP = join(DIST, 'build.json');
const LOCK = join(DIST, 'build.lock');
const LOCK_TIMEOUT_MS = 600_000;

/** @typedef {{ web?: string, workers?: string }} Hashes */

const done = () => /** @type {(Hashes & { files?: string[] }) | null} */ (readJson(STAMP));

/** Builds the dashboard and the workers if their sources changed since the last build. The package is built already. */
export async function build() {
  if (PACKED) return;
  if (isBuilt(keys())) return;
  await installBuildTools();
  await generate();
  const release = await lockBuild();
  try {
    const wanted = keys();
    await compileChanged(wanted);
    if (!isBuilt(wanted)) {
      await step('Building the dashboard (once, about a minute)', async (detail) => {
        await buildWeb(detail);
        await compressStatic(join(ROOT, '.next', 'static'));
      });
      writeJson(STAMP, { ...done(), web: wanted.web });
    }
  } finally {
    release();
  }
}

/** Compiles the workers alone if their sources changed: what prepares the database, and tests, need no dashboard. */
export async function compileWorkers() {
  if (PACKED) return;
  const wanted = keys();
  if (done()?.workers === wanted.workers) return;
  await installBuildTools();
  await generate();
  const release = await lockBuild();
  try {
    await compileChanged(wanted);
  } finally {
    release();
  }
}

/** @param {Required<Hashes>} wanted */
async function compileChanged(wanted) {
  if (done()?.workers === wanted.workers) return;
  const before = done()?.files ?? [];
  const files = await step('Compiling the workers', compile);
  writeJson(STAMP, { ...done(), workers: wanted.workers, files });
  removeStale(new Set([...before, ...files]));
}

/**
 * Deletes compiled files of earlier builds, whose names contain a hash. Those of the last build stay, because workers
 * that still run may load them.
 * @param {Set<string>} kept
 */
function removeStale(kept) {
  for (const entry of readdirSync(join(DIST, 'workers'), { withFileTypes: true })) {
    if (entry.isFile() && !kept.has(`dist/workers/${entry.name}`)) rmSync(join(DIST, 'workers', entry.name));
  }
}

const keys = () => ({ web: contentHash(ROOT, WEB), workers: contentHash(ROOT, WORKERS) });

/** @param {Required<Hashes>} wanted */
function isBuilt(wanted) {
  const built = done();
  return built?.web === wanted.web && built.workers === wanted.workers && existsSync(join(ROOT, '.next', 'BUILD_ID'));
}

async function compile() {
  try {
    return await bundle(entries());
  } catch (error) {
    throw new StartError(`The workers could not be compiled.\n${messageOf(error)}`);
  }
}

/** @param {import('./step.mjs').Detail} detail */
const buildWeb = (detail) =>
  runScript([join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
    name: 'next build',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    onLine: (line) => {
      const text = line.replace(/\x1b\[[0-9;]*m/g, '').trim();
      if (/^[✓▲\w]/u.test(text) && text.length < 60) detail(text);
    },
  });

/**
 * Starts from one folder with different DATA_DIRs share a build: one builds, the others wait.
 * @returns the release of the lock
 */
async function lockBuild() {
  mkdirSync(DIST, { recursive: true });
  const take = () => takeLock(LOCK, identify(process.pid)).holder === null;
  if (!take()) {
    const taken = await step('Another start is building; waiting for it', () => until(take, LOCK_TIMEOUT_MS));
    if (!taken) throw new StartError(`${LOCK} is still held after ten minutes. Stop the process that it names.`);
  }
  return () => rmSync(LOCK, { force: true });
}
