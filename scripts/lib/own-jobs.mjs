import { existsSync, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { report } from './failure.mjs';
import { ROOT } from './place.mjs';
import { say } from './step.mjs';
import { runScript } from './task.mjs';

/** A save may write a file more than once. */
const SETTLE_MS = 50;

/**
 * Compiles and examines the own job files. What is wrong with a file is printed; the product starts without it.
 * In development it is done again after every change; the workers notice the new build.
 * @param {{ dev: boolean, dataDir: string, stop: import('./stop.mjs').Stop }} options
 */
export async function buildJobs({ dev, dataDir, stop }) {
  const folder = resolve(ROOT, process.env.JOBS_DIR || 'jobs');
  const build = () =>
    runScript([join('dist', 'scripts', 'jobs.js'), 'build', folder, join(dataDir, 'jobs')], {
      name: 'Compiling the own jobs',
      onLine: say,
    });
  // Without a folder there may still be a list of an earlier start.
  if (existsSync(folder) || existsSync(join(dataDir, 'jobs', 'manifest.json'))) await build();
  if (!dev || !existsSync(folder)) return;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let building = Promise.resolve();
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(() => build()).catch(report);
    }, SETTLE_MS);
  });
  stop.add(() => {
    clearTimeout(timer);
    watcher.close();
  });
}
