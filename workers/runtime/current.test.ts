import { expect, it } from 'vitest';
import { jobsService } from '@/workers/jobs-service';
import { enterCurrent } from './current';

it('reports progress of the running job by its id, and of no other', async () => {
  const said: unknown[][] = [];
  const { leave } = enterCurrent('a', (...report) => said.push(report));
  await jobsService.updateJobProgress('a', 3, 10, 'Processing item 3 of 10');
  expect(said).toEqual([[3, 10, 'Processing item 3 of 10']]);
  await expect(jobsService.updateJobProgress('b', 1, 2)).rejects.toThrow('does not run in this process');
  leave();
  await expect(jobsService.updateJobProgress('a', 4, 10)).rejects.toThrow('does not run in this process');
});

it('records the result that was declared, else what is returned; a declared failure fails', async () => {
  const { current, leave } = enterCurrent('a', () => undefined);
  expect(current.resultOf({ success: true })).toEqual({ success: true });
  await jobsService.updateJobStatus('a', 'active');
  expect(current.resultOf(1)).toBe(1);
  await jobsService.updateJobStatus('a', 'completed', { result: { message: 'done' } });
  expect(current.resultOf({ success: true })).toEqual({ message: 'done' });
  await jobsService.updateJobStatus('a', 'failed', { error: { message: 'no paper', code: 'empty' } });
  expect(() => current.resultOf({})).toThrow(expect.objectContaining({ message: 'no paper', code: 'empty' }));
  leave();
});

it('leaves a newer attempt of the same job alone', async () => {
  const first = enterCurrent('a', () => undefined);
  const said: unknown[][] = [];
  const second = enterCurrent('a', (...report) => said.push(report));
  first.leave();
  await jobsService.updateJobProgress('a', 1, 1);
  expect(said).toHaveLength(1);
  second.leave();
});
