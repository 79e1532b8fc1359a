import { join } from 'node:path';
import { report } from './failure.mjs';
import { embeddedPostgres } from './postgres.mjs';
import { say } from './step.mjs';
import { supervise } from './supervise.mjs';
import { watchSources } from './watch-sources.mjs';

const WEB_STOPS_IN = 4_000;
const WORKERS_STOP_IN = 11_000;
/** between two tries to start Postgres again, in milliseconds */
const PAUSE = { first: 1_000, most: 10_000 };

/** The running product: Postgres at once, the dashboard and the workers with `serve()`. Stopped in the reverse order. */
export async function startParts({ dev, dataDir, secrets, env, databaseUrl, stop, note }) {
  const logs = join(dataDir, 'logs');
  let postgres;
  let embeddedUrl;
  let web;
  let workers;
  let ready = false;
  let isNoted = true;
  // Whoever finds no note, or an old one, asks the processes; a full disk is no reason to stop them.
  const write = () => {
    try {
      note({
        ready,
        databaseUrl: databaseUrl ?? embeddedUrl,
        processes: { ...postgres?.processes(), web: web?.pid(), workers: workers?.pid() },
      });
      isNoted = true;
    } catch (error) {
      if (isNoted) say(`DATA_DIR/run.json can't be written (${error.code ?? error.message}); going on without it.`);
      isNoted = false;
    }
  };

  if (!databaseUrl) {
    postgres = embeddedPostgres(dataDir, secrets, restartPostgres);
    stop.add(postgres.stop, postgres.kill);
    embeddedUrl = await postgres.start();
  }
  const childEnv = { ...env, DATABASE_URL: databaseUrl ?? embeddedUrl };
  write();

  async function restartPostgres(how) {
    say(`Postgres ended unexpectedly (${how}); starting it again.`);
    // A full disk, or whatever else it lacks, may be mended meanwhile; until then the dashboard says that it is away.
    for (let said = '', pause = PAUSE.first; !stop.asked(); pause = Math.min(2 * pause, PAUSE.most)) {
      try {
        await postgres.restart(pause);
        if (said) say('Postgres runs again.');
        return write();
      } catch (error) {
        // The rest is the end of its log, which differs each time.
        const [what] = error.message.split('\n');
        if (what !== said) report(error);
        said = what;
      }
    }
  }

  function serve() {
    const common = { env: childEnv, logs, all: dev, onChange: () => write() };
    workers = supervise({
      ...common,
      name: 'workers',
      args: dev ? ['--import', 'tsx', 'workers/main.ts'] : [join('dist', 'workers', 'main.js')],
      patience: WORKERS_STOP_IN,
    });
    stop.add(workers.stop, workers.kill);
    if (dev) stop.add(watchSources(() => workers.restart()));
    web = supervise({
      ...common,
      name: 'web',
      args: [join('dist', 'scripts', 'web.js')],
      patience: WEB_STOPS_IN,
    });
    stop.add(web.stop, web.kill);
    write();
  }

  return {
    env: childEnv,
    serve,
    supervised: () => [web, workers],
    ready: () => {
      ready = true;
      write();
    },
  };
}
