import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * What a runner's report says.
 * @typedef {{ passed: number, failures: { test: string, why: string }[], files: { file: string, seconds: number }[] }} Report
 */

const BROKEN = (file, error) => ({ passed: 0, failures: [{ test: file, why: error.message }], files: [] });

/** Reads a report; a runner that wrote none has failed as a whole. */
function read(file, tell) {
  try {
    return tell(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return BROKEN(file, error);
  }
}

/** Vitest's JSON. A file that could not even be loaded has no tests, and counts as one failure. @returns {Report} */
export const vitestReport = (file) =>
  read(file, ({ numPassedTests, testResults }) => ({
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

/** Playwright's JSON. A journey that only passed when it was repeated has failed. @returns {Report} */
export const journeysReport = (file) =>
  read(file, ({ stats, suites, errors }) => {
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

const specsOf = (suite) => [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];

const LINES = 12;

/** A failure as it is told at the end of a run: its name, and the first lines of why. */
export const failureText = ({ test, why }) =>
  `✗ ${test}\n${stripVTControlCharacters(why ?? '')
    .trimEnd()
    .split('\n')
    .slice(0, LINES)
    .join('\n')
    .replace(/^/gm, '    ')}`;

/** The files that took longest, so that a slow one is seen when it is new. */
export const slowest = (files) =>
  [...files]
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 8)
    .map(({ file, seconds }) => `${seconds.toFixed(0).padStart(6)} s  ${file}`)
    .join('\n');

const clock = (seconds) => (seconds / 60).toFixed(1).padStart(7);

/** How many minutes each stage took, and from when to when, in the order of their starts. */
export const minutes = (stages) =>
  [
    `${'stage'.padEnd(10)}${'minutes'.padStart(8)}   from     to`,
    ...[...stages]
      .sort((one, other) => one.from - other.from)
      .map(({ name, from, to }) => `${name.padEnd(10)} ${clock(to - from)}${clock(from)}${clock(to)}`),
  ].join('\n');
