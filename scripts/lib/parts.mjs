import { join } from 'node:path';
import { report } from './failure.mjs';
import { embeddedPostgres } from './postgres.mjs';
import { say } from './step.mjs';
import { supervise } from './supervise.mjs';
import { watchSources } from './watch-sources.mjs';

const WEB_STOPS_IN = 4_000;
const WORKERS_STOP_IN = 11_000;

/** The running product: Postgres at once, the dashboard and the workers with `serve()`. Stopped in the reverse order. */
export async function startParts({ dev, dataDir, secrets, env, databaseUrl, stop, note }) {
  const logs = join(dataDir, 'logs');
  let postgres;
  let embeddedUrl;
  let web;
  let workers;
  let ready = false;
  const write = () =>
    note({
      ready,
      databaseUrl: databaseUrl ?? embeddedUrl,
      processes: { ...postgres?.processes(), web: web?.pid(), workers: workers?.pid() },
    });

  if (!databaseUrl) {
    postgres = embeddedPostgres(dataDir, secrets, restartPostgres);
    stop.add(postgres.stop, postgres.kill);
    embeddedUrl = await postgres.start();
  }
  const childEnv = { ...env, DATABASE_URL: databaseUrl ?? embeddedUrl };
  write();

  async function restartPostgres(how) {
    say(`Postgres ended unexpectedly (${how}); starting it again.`);
    try {
      await postgres.restart();
      write();
    } catch (error) {
      report(error);
      await stop.run(1);
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
