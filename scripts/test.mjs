import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, CHECKS, follow, prepare, runChecks } from './checks.mjs';
import { build, compileWorkers } from './lib/build.mjs';
import { messageOf } from './lib/failure.mjs';
import { failureText, journeysReport, minutes, slowest, vitestReport } from './lib/report.mjs';
import { ensureTools } from './tools.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const JOURNEYS = 'test-results/journeys.json';
const BACKENDS = ['redis', 'postgres'];
/** The build and the journeys come one after the other and decide how long the run takes, so the others give way. */
const NICE = 5;
/** With fewer processors the build, the journeys and the tests on services each keep all of them busy. */
const ROOMY = 4;
/** Of a program that failed, repeated at the end. */
const LINES = 20;
const began = Date.now();
const elapsed = () => (Date.now() - began) / 1000;
/** @param {string} text */
const heading = (text) => console.log(`\n── ${text} (${elapsed().toFixed(0)} s) ──`);

/** @typedef {import('./lib/report.mjs').Outcome} Outcome */

/**
 * When each stage began and ended, in seconds since the start of the run.
 * @type {import('./lib/report.mjs').Stage[]}
 */
const stages = [];

/**
 * Runs one stage. A stage that throws has failed as a whole, and the others go on.
 * @param {string} name
 * @param {() => Promise<Outcome>} work
 */
async function stage(name, work) {
  const times = { name, from: elapsed(), to: Number.NaN };
  stages.push(times);
  heading(`${name} began`);
  const report = await work().catch((error) => failed(name, messageOf(error)));
  times.to = elapsed();
  heading(`${name} ended`);
  return report;
}

/**
 * @param {string} test
 * @param {string} why
 * @returns {Outcome}
 */
const failed = (test, why) => ({ passed: 0, failures: [{ test, why }] });
/** @type {Outcome} */
const nothingFailed = { passed: 0, failures: [] };

/**
 * With processors to spare the stages run at the same time, as each waits at times; only the two kinds of tests follow
 * each other, each of which uses all processors. With few of them the journeys come between: side by side they take as
 * long, and everything that waits for an answer waits longer. A failed stage hides no other.
 */
async function main() {
  await prepare();
  await ensureTools();
  rmSync('test-results', { recursive: true, force: true });
  mkdirSync('test-results');
  await compileWorkers();
  stages.push({ name: 'set-up', from: 0, to: elapsed() });

  const isRoomy = availableParallelism() >= ROOMY;
  const built = stage('build', () => build().then(() => nothingFailed));
  const pure = stage('unit', () => vitest('unit', ['unit', 'render']));
  // The build writes types that the compiler of the checks reads.
  const checked = built.then(() => stage('checks', check));
  const seen = built.then(({ failures }) => (failures.length === 0 ? stage('journeys', journeys) : nothingFailed));
  const before = isRoomy ? [pure] : [pure, checked, seen];
  const served = Promise.all(before).then(() =>
    Promise.all([stage('services', () => vitest('services', ['postgres', 'redis'])), stage('faults', faults)]),
  );
  // An install writes more than the tests that measure how long something takes can bear beside them.
  const packed = Promise.all([built, served]).then(([{ failures }]) =>
    failures.length === 0 ? stage('package', tryPackage) : nothingFailed,
  );
  return [...(await Promise.all([built, pure, checked, seen, packed])), ...(await served)];
}

async function check() {
  const names = await runChecks(CHECKS.filter(({ name }) => name !== 'unit tests'));
  return { passed: 0, failures: names.map((test) => ({ test, why: 'see above' })) };
}

/**
 * @param {string} name
 * @param {readonly string[]} projects of vitest.config.ts
 */
async function vitest(name, projects) {
  const file = `test-results/vitest-${name}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const only = projects.flatMap((project) => ['--project', project]);
  const code = await follow(name, [bin('vitest'), 'run', ...only, ...reporters], { nice: NICE });
  const report = vitestReport(file);
  console.log(slowest(report.files));
  return atLeastOne('vitest', code, report);
}

/** One run on each backend; its exit code is the number of runs with a fault that the product did not survive. */
async function faults() {
  /** @type {import('./checks.mjs').Command} */
  const command = [process.execPath, 'scripts/chaos.mjs', '--short'];
  /** @type {string[]} */
  const bad = [];
  const wrong = await follow('faults', command, {
    nice: NICE,
    onLine: (line) => line.includes('✗') && bad.push(line.trim()),
  });
  const why = bad.join('\n') || 'a run ended with an error; see above';
  return {
    passed: Math.max(0, BACKENDS.length - wrong),
    failures: Array.from({ length: wrong }, () => ({ test: 'faults under load', why })),
  };
}

/** A stranger's first hour with the packed product: an own type in an empty folder, its upgrade, and the walk of the docs. */
async function tryPackage() {
  /** @type {string[]} */
  const last = [];
  const code = await follow('package', [process.execPath, 'scripts/try-package.mjs', '--all'], {
    nice: NICE,
    onLine: (line) => last.push(line) > LINES && last.shift(),
  });
  return code === 0 ? { passed: 1, failures: [] } : failed('a yard from the packed product', last.join('\n'));
}

async function journeys() {
  const code = await follow('journeys', [bin('playwright'), 'test', '-c', 'e2e']);
  return atLeastOne('playwright', code, journeysReport(JOURNEYS));
}

/**
 * A runner that ended with an error, or that ran nothing because its services did not start, has failed.
 * @param {string} runner
 * @param {number} code
 * @param {Outcome} report
 * @returns {Outcome}
 */
function atLeastOne(runner, code, report) {
  if (report.failures.length > 0 || (code === 0 && report.passed > 0)) return report;
  return { ...report, failures: [{ test: runner, why: `ended with ${code} after ${report.passed} tests; see above` }] };
}

const reports = await main().catch((error) => [failed('the run', messageOf(error))]);
const failures = reports.flatMap((report) => report.failures);
const passed = reports.reduce((total, report) => total + report.passed, 0);
if (failures.length > 0) {
  // Repeated at the end, where a reader looks first.
  heading('what failed');
  console.log(failures.map(failureText).join('\n'));
}
console.log(`\n${minutes(stages)}`);
console.log(`\nfinished after ${elapsed().toFixed(0)} s`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
