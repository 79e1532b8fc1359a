import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { BATCH_STATUSES, JOB_STATUSES } from '@/lib/contracts/status';
import { BATCH_TRANSITIONS, edgesOf, JOB_TRANSITIONS, type Transitions } from './transitions';

const page = await readFile('docs/job-lifecycle.md', 'utf8');
const [jobDiagram = '', batchDiagram = ''] = [...page.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => text,
);

/** Mermaid's names of states can't have hyphens. */
const statusOf = (state = '') => (state === '[*]' ? 'new' : state.replaceAll('_', '-'));

const drawn = (diagram: string) =>
  [...diagram.matchAll(/^\s*(\S+) --> (\S+): \S/gm)]
    .map(([, from, to]) => `${statusOf(from)} → ${statusOf(to)}`)
    .sort();

test('the diagram of a job has the allowed transitions', () => {
  expect(drawn(jobDiagram)).toEqual(edgesOf(JOB_TRANSITIONS));
});

test('the diagram of a batch has the allowed transitions', () => {
  expect(drawn(batchDiagram)).toEqual(edgesOf(BATCH_TRANSITIONS));
});

test('every status of the contract is reachable', () => {
  const reached = (transitions: Transitions) => [...new Set(Object.values(transitions).flat())].sort();
  expect(reached(JOB_TRANSITIONS)).toEqual([...JOB_STATUSES].sort());
  expect(reached(BATCH_TRANSITIONS)).toEqual([...BATCH_STATUSES].sort());
});
