import { join } from 'node:path';
import { codeOrMessage, messageOf, report } from './failure.mjs';
import { embeddedPostgres } from './postgres.mjs';
import { say } from './step.mjs';
import { WORKERS_STOP_IN } from './stop.mjs';
import { supervise } from './supervise.mjs';
import { watchSources } from './watch-sources.mjs';

const WEB_STOPS_IN = 4_000;
/** the pause between attempts to restart Postgres, in milliseconds */
const PAUSE = { first: 1_000, most: 10_000 };

/** Read by `npm start` alone, which makes the first administrator and key, and migrates. */
const AT_START = ['INIT_ADMIN_EMAIL', 'INIT_ADMIN_PASSWORD', 'INIT_API_KEY', 'DATABASE_MIGRATION_URL'];
/** Read by the dashboard, and not by the workers, which run jobs and read the files of strangers. */
const OF_WEB = ['AUTH_SECRET', 'METRICS_TOKEN', 'OIDC_PROVIDERS', 'SMTP_URL'];

/**
 * The environment without what a part does not need: who takes it over must not find it there.
 * @param {NodeJS.ProcessEnv} env
 * @param {'web' | 'workers'} part
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentOf(env, part) {
  const left = new Set(part === 'web' ? AT_START : [...AT_START, ...OF_WEB]);
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !left.has(name)));
  // Keeps the web framework from reading .env, which holds again what was left out; `npm start` has read it.
  return part === 'web' ? { ...kept, __NEXT_PROCESSED_ENV: 'true' } : kept;
}

/**
 * @typedef {object} PartsOptions
 * @property {boolean} dev
 * @property {import('./main.mjs').Part | undefined} part without one, both
 * @property {string} dataDir
 * @property {import('./secrets.mjs').Secrets} secrets
 * @property {NodeJS.ProcessEnv} env
 * @property {string | undefined} databaseUrl of a Postgres that runs elsewhere
 * @property {import('./stop.mjs').Stop} stop
 * @property {(facts: Omit<Parameters<typeof import('./run-file.mjs').writeRun>[1], 'url'>) => void} note
 */

/**
 * The running product: Postgres starts at once, the dashboard and the workers with `serve()`. Stopped in reverse order.
 * @param {PartsOptions} options
 */
export async function startParts({ dev, part, dataDir, secrets, env, databaseUrl, stop, note }) {
  const logs = join(dataDir, 'logs');
  /** @type {ReturnType<typeof embeddedPostgres> | undefined} */
  let postgres;
  /** @type {{ owner: string, app: string } | undefined} */
  let embeddedUrls;
  /** @type {ReturnType<typeof supervise>[]} */
  let parts = [];
  let ready = false;
  let isNoted = true;
  // A reader of a missing or outdated file asks the processes. A full disk must not stop them.
  const write = () => {
    try {
      note({
        ready,
        databaseUrl: databaseUrl ?? embeddedUrls?.app,
        processes: { ...postgres?.processes(), ...Object.fromEntries(parts.map((part) => [part.name, part.pid()])) },
      });
      isNoted = true;
    } catch (error) {
      if (isNoted) say(`DATA_DIR/run.json can't be written (${codeOrMessage(error)}); going on without it.`);
      isNoted = false;
    }
  };

  if (!databaseUrl) {
    const embedded = embeddedPostgres(dataDir, secrets, (how) => restartPostgres(embedded, how));
    postgres = embedded;
    stop.add(embedded.stop, embedded.kill);
    embeddedUrls = await embedded.start();
  }
  const childEnv = embeddedUrls
    ? { ...env, DATABASE_URL: embeddedUrls.app, DATABASE_MIGRATION_URL: embeddedUrls.owner }
    : { ...env, DATABASE_URL: databaseUrl };
  write();

  /**
   * @param {ReturnType<typeof embeddedPostgres>} embedded
   * @param {string} how it ended
   */
  async function restartPostgres(embedded, how) {
    say(`Postgres ended unexpectedly (${how}); starting it again.`);
    // A full disk may have space again later; until then the dashboard shows that the database is unavailable.
    for (let printed = '', pause = PAUSE.first; !stop.asked(); pause = Math.min(2 * pause, PAUSE.most)) {
      try {
        await embedded.restart(pause);
        if (printed) say('Postgres runs again.');
        return write();
      } catch (error) {
        // The other lines are the end of its log, which differs each time.
        const what = messageOf(error).split('\n', 1).join();
        if (what !== printed) report(error);
        printed = what;
      }
    }
  }

  const common = { logs, all: dev, onChange: () => write() };
  function serveWorkers() {
    const workers = supervise({
      ...common,
      env: environmentOf(childEnv, 'workers'),
      name: 'workers',
      args: dev ? ['--import', 'tsx', 'workers/main.ts'] : [join('dist', 'workers', 'main.js')],
      patience: WORKERS_STOP_IN,
    });
    stop.add(workers.stop, workers.kill);
    if (dev) stop.add(watchSources(() => workers.restart()));
    return workers;
  }
  function serveWeb() {
    const web = supervise({
      ...common,
      env: environmentOf(childEnv, 'web'),
      name: 'web',
      args: [join('dist', 'scripts', 'web.js')],
      patience: WEB_STOPS_IN,
    });
    stop.add(web.stop, web.kill);
    return web;
  }
  function serve() {
    const workers = part === 'web' ? [] : [serveWorkers()];
    const web = part === 'workers' ? [] : [serveWeb()];
    parts = [...web, ...workers];
    write();
  }

  return {
    env: childEnv,
    serve,
    supervised: () => parts,
    ready: () => {
      ready = true;
      write();
    },
  };
}
