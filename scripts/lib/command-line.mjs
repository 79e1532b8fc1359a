import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkHealth } from './health.mjs';
import { lockDataDir } from './lock.mjs';
import { dataDirPath, loadEnvironment, openDataDir, PACKED, ROOT, YARD } from './place.mjs';
import { runs } from './process-identity.mjs';
import { readRun } from './run-file.mjs';

const USAGE = `Usage: batchyard <command>
  start [part] run the yard: database, dashboard and workers; or web or workers alone, against DATABASE_URL
  dev          the same; a saved job file is live at once
  jobs check   compile and examine the job files; exits with 1 if one is broken
  upgrade [version or tarball] [--check] [--downgrade]
               check the job files against another version, the newest by default, and change to it if none is broken;
               --check only checks
  doctor       look at everything that this installation needs, and say what to do; exits with 1 if something is broken
  health       whether what was started here is ready; exits with 1 if not
  admin        manage people on this machine: batchyard admin list-users

  login <url>  ask for an API key, check it, and keep it for the commands below; logout removes it

Of a server: --url and --key, else BATCHYARD_URL and BATCHYARD_API_KEY, else the login, else the address of the yard that runs here:
  launch <file> --type <type> [--name <name>] [--wait]   a batch of a .csv or .jsonl file
  watch <batch>                                          its progress until it ends
  results <batch>                                        its results, a JSON line for each item
  errors <batch>                                         what failed, in groups
  logs <job or batch> [-f]                               what its items logged; -f follows until it ends
  retry <batch> [--only cancelled] [--wait]              run failed items again
  cancel <batch> [--force]                               --force aborts what runs
--wait, watch and logs -f exit with 1 unless every item is completed. --json prints lines for programs.`;

const CHECK_OPTIONS = ['--json', '--no-types'];

/** What talks to a running yard. */
const REMOTE = ['login', 'logout', 'launch', 'watch', 'results', 'errors', 'logs', 'retry', 'cancel'];

/**
 * Runs a command of `batchyard` that ends by itself.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runCommand(command, args) {
  loadEnvironment();
  if (command === 'jobs' && args[0] === 'check' && args.slice(1).every((arg) => CHECK_OPTIONS.includes(arg))) {
    return checkJobs(args.slice(1));
  }
  if (command === 'upgrade') return callUpgrade(args);
  if (command === 'doctor' && args.every((arg) => arg === '--json')) return callDoctor(args);
  if (command === 'health') return checkHealth(dataDirPath());
  if (REMOTE.includes(command)) return callYard([command, ...args]);
  const asked = ['', 'help', '--help', '-h'].includes(command);
  console[asked ? 'log' : 'error'](USAGE);
  return asked ? 0 : 1;
}

/** @param {string[]} args */
function callYard(args) {
  const url = readRun(dataDirPath())?.url;
  const env = { ...process.env, ...(url ? { BATCHYARD_RUNNING_URL: url } : {}) };
  const program = join(ROOT, 'dist', 'scripts', 'cli.js');
  return spawnSync(process.execPath, [program, ...args], { env, stdio: 'inherit' }).status ?? 1;
}

const jobsPlace = () => (process.env.JOBS_DIR ? [resolve(YARD, process.env.JOBS_DIR)] : ['yard', YARD]);

/**
 * Looks from outside at what runs on DATA_DIR.
 * @param {string[]} args
 */
function callDoctor(args) {
  const dataDir = dataDirPath();
  const run = readRun(dataDir);
  const isAlive = run !== null && runs(run);
  const state = run === null ? 'none' : !isAlive ? 'ended' : run.ready ? 'running' : 'starting';
  const facts = JSON.stringify({ dataDir, start: { state, url: isAlive ? run.url : undefined }, jobs: jobsPlace() });
  const databaseUrl = process.env.DATABASE_URL ?? (isAlive ? run.databaseUrl : undefined);
  const env = {
    LOG_LEVEL: 'silent',
    ...process.env,
    DATA_DIR: dataDir,
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    ...(PACKED ? { YARD_DIR: YARD } : {}),
  };
  const built = join('dist', 'scripts', 'doctor.js');
  const program = existsSync(join(ROOT, built)) ? [built] : ['--import', 'tsx', join('scripts', 'doctor.ts')];
  return spawnSync(process.execPath, [...program, facts, ...args], { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}

/** @param {string[]} options */
function checkJobs(options) {
  const args = [join('dist', 'scripts', 'jobs.js'), 'check', ...options, ...jobsPlace()];
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

/**
 * In this process, which holds the lock of DATA_DIR meanwhile.
 * @param {string[]} args
 */
async function callUpgrade(args) {
  if (!PACKED) {
    console.error('This is a clone of Batchyard, and not a yard: update it with git pull, and start it again.');
    return 1;
  }
  /** @type {{ upgrade: (args: string[], place: object) => Promise<number> }} */
  const { upgrade } = await import(pathToFileURL(join(ROOT, 'dist', 'scripts', 'upgrade.js')).href);
  return upgrade(args, {
    yard: YARD,
    dataDir: dataDirPath(),
    hasOwnDatabase: Boolean(process.env.DATABASE_URL),
    lock: () => lockDataDir(openDataDir()),
  });
}
