import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, CHECKS, prepare, runChecks, stream } from './checks.mjs';
import { build, compileWorkers } from './lib/build.mjs';
import { failureText, journeysReport, slowest, vitestReport } from './lib/report.mjs';
import { ensureTools } from './tools.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const VITEST = 'test-results/vitest.json';
const JOURNEYS = 'test-results/journeys.json';
const began = Date.now();
const elapsed = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
const heading = (text) => console.log(`\n── ${text} (${elapsed()}) ──`);

/** Everything, in the order in which it tells most soonest; a failing part does not hide the next. */
async function main() {
  await prepare();
  await ensureTools();
  rmSync('test-results', { recursive: true, force: true });
  mkdirSync('test-results');
  const reports = [];

  heading('checks');
  const failedChecks = await runChecks(CHECKS.filter((check) => check.name !== 'unit tests'));
  reports.push({ passed: 0, failures: failedChecks.map((name) => ({ test: name, why: 'see above' })) });

  heading('tests on real services');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${VITEST}`];
  const vitest = await stream([bin('vitest'), 'run', ...reporters]);
  const tests = vitestReport(VITEST);
  reports.push(atLeastOne('vitest', vitest, tests));
  console.log(slowest(tests.files));

  heading('faults under load');
  // One run on each backend; its exit code says how many of them were wrong.
  // They mostly wait for something to heal, so the dashboard that the journeys need is built meanwhile.
  await compileWorkers();
  const [chaos, unbuilt] = await Promise.all([
    stream([process.execPath, 'scripts/chaos.mjs', '--short']),
    build().then(
      () => [],
      (error) => [{ test: 'the build', why: error.message }],
    ),
  ]);
  reports.push({
    passed: Math.max(0, 2 - chaos),
    failures: [...Array.from({ length: chaos }, () => ({ test: 'faults under load', why: 'see above' })), ...unbuilt],
  });

  heading('journeys through the running product');
  const playwright = await stream([bin('playwright'), 'test', '-c', 'e2e']);
  reports.push(atLeastOne('playwright', playwright, journeysReport(JOURNEYS)));
  return reports;
}

/** A runner that ends badly, or that ran nothing (its services did not start), has failed whatever its report says. */
function atLeastOne(runner, code, report) {
  if (report.failures.length > 0 || (code === 0 && report.passed > 0)) return report;
  return { ...report, failures: [{ test: runner, why: `ended with ${code} after ${report.passed} tests; see above` }] };
}

let reports;
try {
  reports = await main();
} catch (error) {
  reports = [{ passed: 0, failures: [{ test: 'the run', why: error.message }] }];
}
const failures = reports.flatMap((report) => report.failures);
const passed = reports.reduce((total, report) => total + report.passed, 0);
if (failures.length > 0) {
  // Told once more at the end, where it is looked for.
  heading('what failed');
  console.log(failures.map(failureText).join('\n'));
}
console.log(`\nfinished after ${elapsed()}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
