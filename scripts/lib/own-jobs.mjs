import { existsSync, readdirSync, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { report } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { YARD } from './place.mjs';
import { say } from './step.mjs';
import { runScript } from './task.mjs';

/** A save may write a file more than once. */
const SETTLE_MS = 50;
const CONFIG = /^batchyard\.config\.m?[jt]s$/;

/** Where the job files are, as the program that compiles them is told: JOBS_DIR alone, or what the yard configures. */
const place = () => (process.env.JOBS_DIR ? [resolve(YARD, process.env.JOBS_DIR)] : ['yard', YARD]);

/**
 * Compiles and examines the own job files. What is wrong with a file is printed; the product starts without it.
 * @param {{ watch: boolean, dataDir: string, stop: import('./stop.mjs').Stop }} options watch: again after every change;
 * the workers notice the new build
 */
export async function buildJobs({ watch: again, dataDir, stop }) {
  const out = join(dataDir, 'jobs');
  const build = () =>
    runScript([join('dist', 'scripts', 'jobs.js'), 'build', ...place(), out], {
      name: 'Compiling the own jobs',
      onLine: say,
    });
  // Without files there may still be a list of an earlier start.
  if (hasJobs() || existsSync(join(out, 'manifest.json'))) await build();
  if (again) stop.add(watchJobs(build, join(out, 'manifest.json')));
}

const hasJobs = () =>
  existsSync(resolve(YARD, process.env.JOBS_DIR || 'jobs')) || readdirSync(YARD).some((name) => CONFIG.test(name));

/**
 * Builds again after every change of a job file or of the configuration.
 * @param {() => Promise<void>} build
 * @param {string} manifest names the folders that the last build read
 * @returns a function that ends it
 */
function watchJobs(build, manifest) {
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  const watchers = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let building = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(build).catch(report).then(follow);
    }, SETTLE_MS);
  };
  function follow() {
    const list = /** @type {{ folders?: string[] } | null} */ (readJson(manifest))?.folders ?? [];
    const wanted = new Set([...list, resolve(YARD, process.env.JOBS_DIR || 'jobs')].filter(existsSync));
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder) && existsSync(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (!watchers.has(folder)) watchers.set(folder, watch(folder, { recursive: true }, changed));
    }
  }
  follow();
  const config = watch(YARD, (_event, name) => {
    if (name && (CONFIG.test(name) || name === 'jobs')) changed();
  });
  return () => {
    clearTimeout(timer);
    config.close();
    for (const watcher of watchers.values()) watcher.close();
  };
}
