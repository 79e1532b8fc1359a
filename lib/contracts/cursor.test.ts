import { expect, it } from 'vitest';
import { listBatchesQuery } from './batch';
import { listFlowsQuery } from './flow';
import { listIssuesQuery } from './import';
import { listBatchJobsQuery, listJobsQuery } from './job-queries';

const ID = '019f0000-0000-7000-8000-000000000000';

it.each([
  ['jobs', listJobsQuery, ID, '5'],
  ['batches', listBatchesQuery, ID, '5'],
  ['flows', listFlowsQuery, ID, '5'],
  ['children of a batch', listBatchJobsQuery, '5', ID],
  ['issues of a table', listIssuesQuery, '5', ID],
])('of %s refuses a cursor of another list', (_, query, own, other) => {
  expect(query.safeParse({ cursor: own }).success).toBe(true);
  for (const cursor of [other, 'x', '-1', '1.5', '']) {
    expect(query.safeParse({ cursor }).error?.issues).toMatchObject([
      { path: ['cursor'], message: 'is not a cursor of this list' },
    ]);
  }
});
