import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dataDirPath, loadEnvironment, ROOT, YARD } from './place.mjs';
import { readRun } from './run-file.mjs';

const USAGE = `Usage: batchyard <command>
  start        run the yard: database, dashboard and workers
  dev          the same; a saved job file is live at once
  jobs check   compile and examine the job files; exits with 1 if one is broken
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
  if (command === 'jobs' && args[0] === 'check' && args.length === 1) return checkJobs();
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

function checkJobs() {
  const place = process.env.JOBS_DIR ? [join(YARD, process.env.JOBS_DIR)] : ['yard', YARD];
  const program = join('dist', 'scripts', 'jobs.js');
  return spawnSync(process.execPath, [program, 'check', ...place], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
