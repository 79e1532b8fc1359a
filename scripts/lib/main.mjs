import { join } from 'node:path';
import { build, compileWorkers } from './build.mjs';
import { bundle } from './bundle.mjs';
import { readEnvironment } from './environment.mjs';
import { report, StartError } from './failure.mjs';
import { generate } from './generate.mjs';
import { install, installBuildTools } from './install.mjs';
import { endLeftovers } from './leftovers.mjs';
import { lockDataDir } from './lock.mjs';
import { buildJobs } from './own-jobs.mjs';
import { startParts } from './parts.mjs';
import { loadEnvironment, openDataDir, PACKED, YARD } from './place.mjs';
import { checkPort } from './port.mjs';
import { urlOf, waitForWorkers, waitUntilReady } from './ready.mjs';
import { removeRun, writeRun } from './run-file.mjs';
import { openSecrets } from './secrets.mjs';
import { say, step } from './step.mjs';
import { createStop } from './stop.mjs';
import { runScript } from './task.mjs';

/** @typedef {'web' | 'workers'} Part */

/**
 * `npm start` and `npm run dev`: starts the whole product and serves until a stop is requested.
 * @param {{ dev: boolean, part?: string | undefined }} options dev: saved job files are live at once; in a clone the
 * product's own sources too. part: `web` or `workers` alone, as on several machines
 */
export async function main({ dev, part }) {
  // The reader of the output may end first (`npm start | tee log`, then Ctrl-C). The stop must still be complete.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stop = createStop();
  try {
    await start({ dev: dev && !PACKED, watch: dev, part: toPart(part) }, stop);
  } catch (error) {
    if (!stop.asked()) {
      report(error);
      await stop.run(1);
    }
  }
}

/**
 * @param {string | undefined} name
 * @returns {Part | undefined}
 */
export function toPart(name) {
  if (name === undefined || name === 'web' || name === 'workers') return name;
  throw new StartError(`There is no part “${name}”: start web, workers, or without a name both.`);
}

/**
 * Refuses to start a part alone without what all parts share: each would make its own.
 * @param {Part} part
 * @param {Partial<import('../../lib/config/env').Env>} env
 * @throws {StartError} that names what is absent
 */
export function requireShared(part, env) {
  const shared = /** @type {const} */ (['DATABASE_URL', 'SECRETS_KEY', 'AUTH_SECRET']);
  const absent = shared.filter((name) => !env[name] && (name !== 'AUTH_SECRET' || part === 'web'));
  if (absent.length === 0) return;
  throw new StartError(`To start the ${part} alone, set ${absent.join(', ')} to the values of all machines.`);
}

/**
 * @param {{ dev: boolean, watch: boolean, part: Part | undefined }} options
 * @param {import('./stop.mjs').Stop} stop
 */
async function start({ dev, watch, part }, stop) {
  loadEnvironment();
  process.env.NODE_ENV = dev ? 'development' : 'production';
  const dataDir = openDataDir();
  const lock = await lockDataDir(dataDir);
  stop.add(() => lock.release());
  stop.onAsked(() => lock.stopping());
  if (lock.stale) say('The previous start did not stop in order; picking up from there.');
  await endLeftovers(dataDir);
  const host = process.env.HOST ?? '127.0.0.1';
  const asked = Number(process.env.PORT ?? 3000);
  // An invalid PORT is reported below, with all other errors of the environment.
  const listens = part !== 'workers' && Number.isInteger(asked) && asked >= 0 && asked <= 65_535;
  const port = listens ? await checkPort(asked, host) : asked;

  await install();
  if (dev) await installBuildTools();
  const given = await readEnvironment();
  if (part) requireShared(part, given);
  const { DATABASE_URL, AUTH_SECRET, SECRETS_KEY } = given;
  await (dev ? prepareDevelopment() : compileWorkers());
  await buildJobs({ watch, dataDir, stop });
  stop.check();

  const secrets = openSecrets(dataDir);
  const url = part === 'workers' ? '' : urlOf(host, port);
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    HOST: host,
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(port),
    ...(PACKED ? { YARD_DIR: YARD } : {}),
    AUTH_SECRET: AUTH_SECRET ?? secrets.authSecret,
    SECRETS_KEY: SECRETS_KEY ?? secrets.secretsKey,
  };
  const openDatabase = async () => {
    const started = await startParts({
      dev,
      part,
      dataDir,
      secrets,
      env,
      databaseUrl: DATABASE_URL,
      stop,
      note: (facts) => writeRun(dataDir, { url, ...facts }),
    });
    stop.add(() => removeRun(dataDir));
    await setUp(dev, started.env);
    return started;
  };
  // The dashboard takes a minute to build, once. The database is prepared meanwhile, because it needs only the workers.
  const [parts] = await Promise.all([openDatabase(), dev || part === 'workers' ? undefined : build()]);
  stop.check();
  parts.serve();
  await step(STARTING[part ?? 'all'], () =>
    url ? waitUntilReady(url, parts.supervised(), stop.asked) : waitForWorkers(parts.supervised(), stop.asked),
  );
  stop.check();
  parts.ready();
  process.stdout.write(`ready ${url || part}\n`);
}

const STARTING = {
  all: 'Starting the dashboard and the workers',
  web: 'Starting the dashboard',
  workers: 'Starting the workers',
};

/** `npm run build`: builds everything that `npm start` runs, for a container image. */
export async function buildOnly() {
  try {
    process.env.NODE_ENV = 'production';
    await install();
    await build();
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}

/** The development server reads pages from source; only the server in front of it is compiled, once. */
async function prepareDevelopment() {
  await generate();
  await bundle(['scripts/web.ts', 'scripts/jobs.ts', 'scripts/examine-job.ts']);
}

/**
 * @param {boolean} dev
 * @param {NodeJS.ProcessEnv} env
 */
const setUp = (dev, env) =>
  step('Preparing the database', () =>
    runScript(dev ? ['--import', 'tsx', 'scripts/setup.ts'] : [join('dist', 'scripts', 'setup.js')], {
      name: 'Preparing the database',
      env,
      stdout: 'inherit',
      onLine: (line) => {
        if (line.startsWith('Waiting: ')) say(line);
      },
    }),
  );
