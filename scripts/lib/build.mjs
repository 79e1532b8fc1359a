import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockBuild } from './build-lock.mjs';
import { bundle, DIST, entries } from './bundle.mjs';
import { contentHash } from './content-hash.mjs';
import { StartError } from './failure.mjs';
import { generate } from './generate.mjs';
import { installBuildTools } from './install.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { ROOT } from './place.mjs';
import { step } from './step.mjs';
import { runScript } from './task.mjs';

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
const WORKERS = [...SHARED, 'workers', 'prisma', 'scripts'];
const STAMP = join(DIST, 'build.json');

/** Builds the dashboard and the workers if their sources changed since the last build. */
export async function build() {
  if (isBuilt(keys())) return;
  await installBuildTools();
  await generate();
  const release = await lockBuild();
  try {
    const wanted = keys();
    await compileChanged(wanted);
    if (!isBuilt(wanted)) {
      await step('Building the dashboard (once, about a minute)', buildWeb);
      writeJson(STAMP, { ...readJson(STAMP), web: wanted.web });
    }
  } finally {
    release();
  }
}

/** Compiles the workers alone if their sources changed: for tests that need no dashboard. */
export async function compileWorkers() {
  const wanted = keys();
  if (readJson(STAMP)?.workers === wanted.workers) return;
  await installBuildTools();
  await generate();
  const release = await lockBuild();
  try {
    await compileChanged(wanted);
  } finally {
    release();
  }
}

async function compileChanged(wanted) {
  if (readJson(STAMP)?.workers === wanted.workers) return;
  await step('Compiling the workers', compile);
  writeJson(STAMP, { ...readJson(STAMP), workers: wanted.workers });
}

const keys = () => ({ web: contentHash(ROOT, WEB), workers: contentHash(ROOT, WORKERS) });

function isBuilt(wanted) {
  const done = readJson(STAMP);
  return done?.web === wanted.web && done.workers === wanted.workers && existsSync(join(ROOT, '.next', 'BUILD_ID'));
}

async function compile() {
  try {
    await bundle(entries());
  } catch (error) {
    throw new StartError(`The workers could not be compiled.\n${error.message}`);
  }
}

const buildWeb = (detail) =>
  runScript([join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
    name: 'next build',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    onLine: (line) => {
      const text = line.replace(/\x1b\[[0-9;]*m/g, '').trim();
      if (/^[✓▲\w]/u.test(text) && text.length < 60) detail(text);
    },
  });
