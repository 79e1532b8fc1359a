import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, CHECKS, prepare, runChecks, stream } from './checks.mjs';
import { ensureTools } from './tools.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const VITEST = 'test-results/vitest.json';
const JOURNEYS = 'test-results/journeys.json';
const began = Date.now();
const elapsed = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
const heading = (text) => console.log(`\n── ${text} (${elapsed()}) ──`);

/** The counts in a reporter's file; a runner that wrote none has failed as a whole. */
function counts(file, read) {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`There is no report in ${file}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

/** Everything, in the order in which it tells most soonest; a failing part does not hide the next. */
async function main() {
  await prepare();
  await ensureTools();
  rmSync('test-results', { recursive: true, force: true });
  mkdirSync('test-results');
  const results = [];

  heading('checks');
  const failedChecks = await runChecks(CHECKS.filter((check) => check.name !== 'unit tests'));
  results.push({ passed: 0, failed: failedChecks.length });

  heading('tests on real services');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${VITEST}`];
  const vitest = await stream([bin('vitest'), 'run', ...reporters]);
  const fromVitest = counts(VITEST, (r) => ({ passed: r.numPassedTests, failed: r.numFailedTests + brokenSuites(r) }));
  results.push(atLeastOne(vitest, fromVitest));

  heading('faults under load');
  // One run on each backend; its exit code says how many of them were wrong.
  const chaos = await stream([process.execPath, 'scripts/chaos.mjs', '--short']);
  results.push({ passed: Math.max(0, 2 - chaos), failed: chaos });

  heading('journeys through the running product');
  const playwright = await stream([bin('playwright'), 'test', '-c', 'e2e']);
  const fromJourneys = counts(JOURNEYS, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
  }));
  results.push(atLeastOne(playwright, fromJourneys));
  return results;
}

/** A test file that could not even be loaded has no tests to count. */
const brokenSuites = (report) =>
  report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;

/** A runner that ends badly, or that ran nothing (its services did not start), has failed whatever its report says. */
const atLeastOne = (code, { passed, failed }) => ({
  passed,
  failed: code === 0 && passed > 0 ? failed : Math.max(failed, 1),
});

let results;
try {
  results = await main();
} catch (error) {
  console.error(error.message);
  results = [{ passed: 0, failed: 1 }];
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\nfinished after ${elapsed()}`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
