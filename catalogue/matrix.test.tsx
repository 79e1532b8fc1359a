import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { layoutMatrix } from '@/components/batch/matrix/layout';
import { Tip } from '@/components/batch/matrix/tip';
import { aJob } from '@/lib/client/live/fixtures';
import { renderStory, violations } from './render-story';

test('a cell under the pointer tells name, duration and reason of its item once it rests', async () => {
  const error = { message: 'The host answered 500.' };
  const job = aJob({ index: 2, name: '<b>Acme</b> Ltd', status: 'failed', durationMs: 2100, error });
  await renderStory({
    render: () => <Tip batchId="b1" layout={layoutMatrix(10, 400, 132)} cell={2} width={400} text="#3 failed" />,
    path: '/batches/b1',
    routes: { 'GET /batches/b1/jobs': { jobs: [job], nextCursor: null } },
  });
  expect(await screen.findByText('<b>Acme</b> Ltd')).toBeTruthy();
  expect(screen.getByText('#3 failed · 2.1 s')).toBeTruthy();
  expect(screen.getByText('The host answered 500.')).toBeTruthy();
  expect(await violations()).toEqual([]);
});
