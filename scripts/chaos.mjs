import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { follow, prepare, stream } from './checks.mjs';
import { build, compileWorkers } from './lib/build.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * `npm run chaos`: every fault under load on both queue backends. SQL checks the invariants afterwards.
 *   --short           the most important ones, with little work and no dashboard; part of `npm test`
 *   --only=<words>    those whose name contains the words; several separated by |
 *   --rounds=<n>      how often each one runs
 *   --backend=<name>  redis or postgres alone
 *   --bulk=<n>        jobs of a bulk action, 6,000 by default; a multiple of 4
 *
 * @param {string} name
 */
const given = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const short = process.argv.includes('--short');
await prepare();
if (short) await compileWorkers();
else await build();

const backends = [given('backend') ?? ['redis', 'postgres']].flat();
/**
 * @param {string} backend
 * @returns {import('./checks.mjs').Command}
 */
const commandFor = (backend) => {
  const size = [
    short ? '120' : '1500',
    given('rounds') ?? '1',
    short ? 'short' : 'full',
    given('only') ?? '',
    given('bulk') ?? '6000',
  ];
  return [process.execPath, '--import', 'tsx', 'chaos/run.ts', backend, ...size];
};

/** @type {number[]} */
const codes = [];
// Most of a short run is waiting until something has recovered, so both backends run at once.
if (short) codes.push(...(await Promise.all(backends.map((backend) => follow(backend, commandFor(backend))))));
else for (const backend of backends) codes.push(await stream(commandFor(backend)));
process.exitCode = codes.filter((code) => code !== 0).length;
