import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { messageOf } from './failure.mjs';

/**
 * The result of a runner's report.
 * @typedef {{ test: string, why?: string | undefined }} Failure
 * @typedef {{ file: string, seconds: number }} FileTime
 * @typedef {{ passed: number, failures: Failure[] }} Outcome
 * @typedef {Outcome & { files: FileTime[] }} Report
 * @typedef {{ name: string, from: number, to: number }} Stage seconds since the start of the run
 */

/**
 * The parts of Vitest's JSON report that are read.
 * @typedef {object} VitestJson
 * @property {number} numPassedTests
 * @property {{ name: string, status: string, message: string, startTime: number, endTime: number,
 *   assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} testResults
 */

/**
 * The parts of Playwright's JSON report that are read.
 * @typedef {{ file: string, title: string, tests: { status: string, projectName: string,
 *   results: { errors: { message?: string }[] }[] }[] }} Spec
 * @typedef {{ specs: Spec[], suites?: Suite[] }} Suite
 * @typedef {{ stats: { expected: number }, suites: Suite[], errors: { message?: string }[] }} PlaywrightJson
 */

/**
 * Reads a report; a runner that wrote none has failed as a whole.
 * @template T
 * @param {string} file
 * @param {(json: T) => Report} toReport
 * @returns {Report}
 */
function read(file, toReport) {
  try {
    return toReport(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return { passed: 0, failures: [{ test: file, why: messageOf(error) }], files: [] };
  }
}

/**
 * Vitest's JSON. A file that could not even be loaded has no tests, and counts as one failure.
 * @param {string} file
 */
export const vitestReport = (file) =>
  read(file, (/** @type {VitestJson} */ { numPassedTests, testResults }) => ({
    passed: numPassedTests,
    failures: testResults.flatMap(({ name, status, message, assertionResults }) => {
      const path = relative(process.cwd(), name);
      if (status === 'failed' && assertionResults.length === 0) return [{ test: path, why: message }];
      return assertionResults
        .filter((test) => test.status === 'failed')
        .map((test) => ({ test: `${path} › ${test.fullName}`, why: test.failureMessages.join('\n') }));
    }),
    files: testResults.map(({ name, startTime, endTime }) => ({
      file: relative(process.cwd(), name),
      seconds: (endTime - startTime) / 1000,
    })),
  }));

/**
 * Playwright's JSON. A journey that only passed when it was repeated has failed.
 * @param {string} file
 */
export const journeysReport = (file) =>
  read(file, (/** @type {PlaywrightJson} */ { stats, suites, errors }) => {
    const specs = suites.flatMap(specsOf);
    return {
      passed: stats.expected,
      failures: [
        ...errors.map((error) => ({ test: file, why: error.message })),
        ...specs.flatMap(({ file: path, title, tests }) =>
          tests
            .filter(({ status }) => status === 'unexpected' || status === 'flaky')
            .map(({ projectName, results }) => ({
              test: `[${projectName}] ${path} › ${title}`,
              why: results.flatMap((result) => result.errors.map((error) => error.message)).join('\n'),
            })),
        ),
      ],
      files: [],
    };
  });

/**
 * @param {Suite} suite
 * @returns {Spec[]}
 */
const specsOf = (suite) => [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];

const LINES = 12;

/**
 * A failure as it is printed at the end of a run: its name, and the first lines of the reason.
 * @param {Failure} failure
 */
export const failureText = ({ test, why }) =>
  `✗ ${test}\n${stripVTControlCharacters(why ?? '')
    .trimEnd()
    .split('\n')
    .slice(0, LINES)
    .join('\n')
    .replace(/^/gm, '    ')}`;

/**
 * The files that took longest, so that a slow one is seen when it is new.
 * @param {FileTime[]} files
 */
export const slowest = (files) =>
  [...files]
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 8)
    .map(({ file, seconds }) => `${seconds.toFixed(0).padStart(6)} s  ${file}`)
    .join('\n');

/** @param {number} seconds */
const clock = (seconds) => (seconds / 60).toFixed(1).padStart(7);

/**
 * How many minutes each stage took, and from when to when, in the order of their starts.
 * @param {Stage[]} stages
 */
export const minutes = (stages) =>
  [
    `${'stage'.padEnd(10)}${'minutes'.padStart(8)}   from     to`,
    ...[...stages]
      .sort((one, other) => one.from - other.from)
      .map(({ name, from, to }) => `${name.padEnd(10)} ${clock(to - from)}${clock(from)}${clock(to)}`),
  ].join('\n');
