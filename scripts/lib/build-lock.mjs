import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from './bundle.mjs';
import { StartError } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { identify, runs } from './process-identity.mjs';
import { step } from './step.mjs';
import { until } from './wait.mjs';

const LOCK = join(DIST, 'build.lock');
const PATIENCE = 600_000;

/** Starts from one folder with different DATA_DIRs share a build: one builds, the others wait. Returns the release. */
export async function lockBuild() {
  mkdirSync(DIST, { recursive: true });
  if (!take()) {
    const taken = await step('Another start is building; waiting for it', () => until(take, PATIENCE));
    if (!taken) throw new StartError(`${LOCK} is still held after ten minutes. Stop the process that it names.`);
  }
  return () => rmSync(LOCK, { force: true });
}

function take() {
  const candidate = `${LOCK}.${process.pid}`;
  writeFileSync(candidate, JSON.stringify(identify(process.pid)));
  try {
    if (!runs(readJson(LOCK))) rmSync(LOCK, { force: true });
    linkSync(candidate, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(candidate, { force: true });
  }
}
