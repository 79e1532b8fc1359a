import { EnvironmentError, env } from '@/lib/config/env';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { CHECKS, type Check, type Finding, look, ok, type Said, unknown } from './finding';
import { lookAtJobs, lookAtStorage, lookAtWeb, type NotedStart } from './machine';

/** What is known of an installation before anything is asked. */
export interface Facts {
  dataDir: string;
  start: NotedStart;
  /** compiles and examines the job files */
  examineJobs(): Promise<Manifest>;
}

/** Compiling and loading job files takes longer than a question to a service. */
const JOBS_PATIENCE_MS = 180_000;
const NOT_STARTED = 'the embedded Postgres runs only while Batchyard does';
const IS_IT_THERE = 'Is the service running, reachable from here, and the address right?';

/**
 * Looks at everything that an installation needs. What is wrong is a finding, and never thrown.
 * @returns a finding for each check, in their order
 */
export async function examine({ dataDir, start, examineJobs }: Facts): Promise<Finding[]> {
  const settings = await look('settings', checkSettings, 'Correct them in .env or where Batchyard is started.');
  const known = settings.state === 'ok';
  const here = [
    look('node', () => ok(`Node ${process.versions.node}`), ''),
    look('storage', () => lookAtStorage(dataDir), 'Check the disk of DATA_DIR.'),
    look('web', () => lookAtWeb(start, known ? env().PUBLIC_URL : undefined), 'Check the dashboard.'),
    look('jobs', async () => lookAtJobs(await examineJobs()), 'Correct what the message says.', JOBS_PATIENCE_MS),
  ];
  const elsewhere = known ? await lookElsewhere() : [];
  const found = [settings, ...(await Promise.all([...here, ...elsewhere]))];
  return CHECKS.map(
    (check) => found.find((one) => one.check === check) ?? { check, ...unknown('the settings are wrong') },
  );
}

function checkSettings(): Said {
  try {
    env();
    return ok('are valid');
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { state: 'broken', found: error.message, todo: 'Correct them in .env or where Batchyard is started.' };
  }
}

async function lookElsewhere(): Promise<Promise<Finding>[]> {
  // Loading them reads the settings, which must be valid then.
  const { lookAtClock, lookAtDatabase, lookAtMail, lookAtMigrations, lookAtQueue, lookAtWorkers } = await import(
    './services'
  );
  const other = [
    look('queue', lookAtQueue, IS_IT_THERE),
    look('mail', lookAtMail, 'Correct SMTP_URL, or ask who runs the mail server.'),
  ];
  const stored: [Check, () => Promise<Said>][] = [
    ['migrations', lookAtMigrations],
    ['clock', lookAtClock],
    ['workers', lookAtWorkers],
  ];
  if (!env().DATABASE_URL) {
    const all: Check[] = ['database', ...stored.map(([check]) => check)];
    return [...other, ...all.map((check) => Promise.resolve({ check, ...unknown(NOT_STARTED) }))];
  }
  const database = look('database', lookAtDatabase, IS_IT_THERE);
  const onIt = stored.map(async ([check, work]): Promise<Finding> => {
    const { state } = await database;
    if (state === 'broken') return { check, ...unknown('the database can’t be asked') };
    return look(check, work, 'Start Batchyard, which prepares the database.');
  });
  return [...other, database, ...onIt];
}
