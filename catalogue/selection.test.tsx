import { fireEvent, screen, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { JobList } from '@/components/job/list/job-list';
import { Page } from '@/components/ui/panel';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { anEstimate } from './bulk-action-fixtures';
import { ADMIN, BATCHES, JOBS } from './fixtures';
import { renderStory, violations } from './render-story';
import { type Answer, json, pending } from './server';
import * as batches from './stories/batch.stories';
import * as lists from './stories/lists.stories';
import type { Story } from './story';

const job = (n: number, status: JobSummaryDto['status']): JobSummaryDto => ({
  ...JOBS[status],
  id: `j${n}`,
  name: `row ${n}`,
  batchId: null,
});
const rows = [...Array.from({ length: 12 }, (_, i) => job(i + 1, 'failed')), job(13, 'active'), job(14, 'completed')];

const jobs = (more: Partial<Story> = {}, answer: unknown = { jobs: rows, nextCursor: null }): Story => ({
  render: () => (
    <Page className="h-full min-h-120">
      <JobList />
    </Page>
  ),
  path: '/jobs?query=data.customer:acme',
  ...more,
  routes: { 'GET /jobs': answer, 'POST /bulk-actions': anEstimate(), ...more.routes },
});
/** The search has not come to its end, so only the query names all that match. */
const partly = {
  jobs: rows,
  nextCursor: '0199aaaa-0000-7000-8000-000000000000',
  searched: { all: false, rows: 200_000 },
};
const box = (name: string) => screen.getByRole<HTMLInputElement>('checkbox', { name });
const bar = () => within(screen.getByRole('region', { name: 'Selection' }));

test('rows are selected one by one and as a range, and the bar counts what each action applies to', async () => {
  const { user } = await renderStory(jobs());
  expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
  await user.click(box('Select row 11'));
  await user.keyboard('{Shift>}');
  await user.click(box('Select row 14'));
  await user.keyboard('{/Shift}');
  expect(bar().getByText('4 selected')).toBeTruthy();
  expect(bar().getByRole('button', { name: 'Retry 2 of 4' }).title).toBe('1 is active, 1 is completed');
  expect(bar().getByRole('button', { name: 'Cancel 1 of 4' })).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
});

test('x and space on a row select it, and shift with x selects from the last one on', async () => {
  const { user } = await renderStory(jobs());
  screen.getByRole('link', { name: 'row 2' }).focus();
  await user.keyboard('x');
  screen.getByRole('link', { name: 'row 5' }).focus();
  await user.keyboard('{Shift>}X{/Shift}');
  expect(bar().getByText('4 selected')).toBeTruthy();
  await user.keyboard(' ');
  expect(bar().getByText('3 selected')).toBeTruthy();
  expect(box('Select row 5').checked).toBe(false);
});

test('shift with the arrows selects on the way, Home and End reach the ends, and Escape clears', async () => {
  const { user } = await renderStory(jobs());
  const focused = () => document.activeElement?.getAttribute('aria-label');
  screen.getByRole('link', { name: 'row 2' }).focus();
  await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
  expect(focused()).toBe('row 4');
  expect(bar().getByText('3 selected')).toBeTruthy();
  await user.keyboard('{Shift>}{ArrowUp}{/Shift}');
  expect(bar().getByText('2 selected')).toBeTruthy();
  expect(box('Select row 4').checked).toBe(false);
  await user.keyboard('{End}');
  expect(focused()).toBe('row 14');
  await user.keyboard('{ArrowDown}k{Shift>}K{/Shift}');
  expect(focused()).toBe('row 12');
  await user.keyboard('{Home}{ArrowUp}');
  expect(focused()).toBe('row 1');
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
  expect(focused()).toBe('row 1');
});

test('the items of a batch have the same keys, and Enter opens the job', async () => {
  const { user } = await renderStory(batches.Running);
  const links = () => [...document.querySelectorAll<HTMLElement>('[data-job] a')];
  links()[1]?.focus();
  await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
  expect(bar().getByText('2 selected')).toBeTruthy();
  await user.keyboard('{Home}');
  expect(document.activeElement).toBe(links()[0]);
  await user.keyboard('{End}');
  expect(document.activeElement).toBe(links().at(-1));
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('dialog')).toBeTruthy();
});

test('an action on picked rows names them by their ids, and the selection is gone once it has started', async () => {
  const { user, settle, server } = await renderStory(jobs());
  await user.click(box('Select row 1'));
  await user.click(bar().getByRole('button', { name: 'Retry 1' }));
  await settle();
  expect(server.bodies).toContainEqual({ action: 'retry', jobIds: ['j1'], waitSeconds: 10, dry: true });
});

test('all that match are a query when not all are loaded, and rows can be left out', async () => {
  const { user, settle, server } = await renderStory(jobs({}, partly));
  await user.click(box('Select all jobs that match'));
  expect(bar().getByText('All 14+ that match')).toBeTruthy();
  expect(box('Select row 3').checked).toBe(true);
  await user.click(box('Select row 3'));
  expect(bar().getByText('All 14+ that match, without 1')).toBeTruthy();
  await user.click(bar().getByRole('button', { name: 'Retry' }));
  await settle();
  expect(server.bodies).toContainEqual({
    action: 'retry',
    query: 'data.customer:acme -id:j3',
    waitSeconds: 10,
    dry: true,
  });
});

test('all that match are counted by the server, with what each action applies to', async () => {
  const counted = { count: 1204, byStatus: { failed: 1200, active: 4 }, searched: { all: true, rows: 1204 } };
  const { user, settle, server } = await renderStory(jobs({ routes: { 'GET /jobs/count': counted } }, partly));
  await user.click(box('Select row 3'));
  expect(server.requests).not.toContain('GET /jobs/count');
  await user.click(bar().getByRole('button', { name: 'Select all jobs that match' }));
  await settle();
  expect(bar().getByText('All 1,204 that match')).toBeTruthy();
  expect(bar().getByRole('button', { name: 'Retry 1,200 of 1,204' }).title).toBe('4 are active');
  await user.click(box('Select row 3'));
  expect(bar().getByText('All 1,204 that match, without 1')).toBeTruthy();
  // Which status the one has that is left out is not counted anew.
  expect(bar().getByRole('button', { name: 'Retry' })).toBeTruthy();
});

test('a count that did not come to its end says how many there are at least', async () => {
  const counted = { count: 90_000, byStatus: { failed: 90_000 }, searched: { all: false, rows: 400_000 } };
  const { user, settle } = await renderStory(jobs({ routes: { 'GET /jobs/count': counted } }, partly));
  await user.click(box('Select all jobs that match'));
  await settle();
  expect(bar().getByText('All 90,000+ that match')).toBeTruthy();
});

test('the results of all that match are links, and those of picked rows are asked for by their ids', async () => {
  const routes = { 'POST /jobs/results': { rows: 2 } };
  const { user, settle, server } = await renderStory(jobs({ routes }, partly));
  await user.click(box('Select all jobs that match'));
  await user.click(box('Select row 3'));
  await user.click(bar().getByRole('button', { name: 'Download' }));
  const csv = screen.getByRole('menuitem', { name: /^CSV/ });
  expect(csv.getAttribute('href')).toBe('/api/jobs/results?format=csv&query=data.customer%3Aacme%20-id%3Aj3');
  expect(await violations()).toEqual([]);
  await user.keyboard('{Escape}');
  await user.click(bar().getByRole('button', { name: 'Clear the selection' }));
  await user.click(box('Select row 2'));
  await user.click(bar().getByRole('button', { name: 'Download' }));
  // The document would leave for the address of the file: it has no place for downloads.
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  await user.click(screen.getByRole('menuitem', { name: /^XLSX/ }));
  await settle();
  expect(server.bodies).toContainEqual({ format: 'xlsx', jobIds: ['j2'] });
  expect(saved).toHaveBeenCalledOnce();
  saved.mockRestore();
});

test('who does not see the contents of jobs is offered no download', async () => {
  const { user } = await renderStory(jobs({ viewer: { ...ADMIN, seesPayloads: false } }));
  await user.click(box('Select row 1'));
  expect(bar().queryByRole('button', { name: 'Download' })).toBeNull();
});

test.each([
  ['batches', lists.Batches, 'batchIds'],
  ['flows', lists.Flows, 'flowIds'],
] as const)('selected %s are retried and cancelled by their jobs, and deleted as a whole', async (of, story, ids) => {
  const estimate = anEstimate({ action: 'delete', of, matched: 2, changes: 2, willSkip: [], samples: [] });
  const { user, settle, server } = await renderStory({
    ...story,
    routes: { ...story.routes, 'POST /bulk-actions': estimate },
  });
  await user.click(box(`Select all ${of} that match`));
  expect(bar().getByText(/^\d+ selected$/)).toBeTruthy();
  expect(bar().getByRole('button', { name: /^Retry [\d,]+ jobs?$/ })).toBeTruthy();
  expect(bar().getByRole('button', { name: /^Cancel [\d,]+ jobs?$/ })).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.click(bar().getByRole('button', { name: /^Delete \d+ / }));
  await settle();
  expect(server.bodies).toContainEqual({ action: 'delete', [ids]: expect.any(Array), waitSeconds: 10, dry: true });
  const dialog = within(screen.getByRole('dialog', { name: `Delete ${of}` }));
  expect(dialog.getByRole('button', { name: `Delete 2 ${of}` })).toBeTruthy();
  expect(dialog.getByText(/Their jobs are deleted too/)).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('all batches that match are selected although they are not loaded yet', async () => {
  const page = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...BATCHES.running, id: `b-${from + i}`, name: `batch ${from + i}` }));
  const answer: Answer = (url, init) => {
    const at = Number(url.searchParams.get('cursor') ?? 0);
    const nextCursor = at + 50 < 120 ? String(at + 50) : null;
    return json({ batches: page(at, Math.min(50, 120 - at)), nextCursor })(url, init);
  };
  const { user, settle, server } = await renderStory({
    ...lists.Batches,
    routes: { ...lists.Batches.routes, 'GET /batches': answer, 'POST /bulk-actions': anEstimate() },
  });
  await user.click(box('Select all batches that match'));
  await settle();
  expect(bar().getByText('120 selected')).toBeTruthy();
  await user.click(bar().getByRole('button', { name: /^Cancel/ }));
  await settle();
  const ids = Array.from({ length: 120 }, (_, i) => `b-${i}`);
  expect(server.bodies).toContainEqual({ action: 'cancel', batchIds: ids, waitSeconds: 10, dry: true });
});

test('only administrators are offered to delete batches', async () => {
  const { user } = await renderStory({ ...lists.Batches, viewer: { ...ADMIN, role: 'operator' } });
  await user.click(box('Select all batches that match'));
  expect(bar().getByRole('button', { name: /^Retry/ })).toBeTruthy();
  expect(bar().queryByRole('button', { name: /^Delete/ })).toBeNull();
});

test('all rows are picked when all are loaded, and none after another click', async () => {
  const { user } = await renderStory(jobs());
  await user.click(box('Select all jobs that match'));
  expect(bar().getByText('14 selected')).toBeTruthy();
  expect(bar().getByRole('button', { name: 'Retry 12 of 14' })).toBeTruthy();
  await user.click(box('Select all jobs that match'));
  expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
});

test('nothing can be selected before the list has shown what matches', async () => {
  await renderStory(jobs({}, pending));
  expect(box('Select all jobs that match').disabled).toBe(true);
});

test('a phone has the actions too, and those that do not fit are folded', async () => {
  const { user } = await renderStory(jobs({ phone: true }));
  await user.click(box('Select row 1'));
  await user.click(bar().getByRole('button', { name: 'More' }));
  expect(screen.getByRole('menuitem', { name: 'Discard 1' })).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('who may only look sees why nothing is offered', async () => {
  const { user } = await renderStory(jobs({ viewer: { ...ADMIN, role: 'viewer' } }));
  await user.click(box('Select row 1'));
  expect(bar().queryByRole('button', { name: /Retry/ })).toBeNull();
  expect(bar().getByText(/you are a viewer/)).toBeTruthy();
});

test('items of a batch are selected over its matrix with shift and arrows, and the action names the range', async () => {
  const { user, settle, server } = await renderStory({
    ...batches.Running,
    routes: { ...batches.Running.routes, 'POST /bulk-actions': anEstimate() },
  });
  const matrix = screen.getByRole('slider', { name: /Items by state/ });
  matrix.focus();
  fireEvent.keyDown(matrix, { key: 'ArrowRight', shiftKey: true });
  fireEvent.keyDown(matrix, { key: 'ArrowRight', shiftKey: true });
  expect(bar().getByText(/^Items 1–/)).toBeTruthy();
  await user.click(bar().getByRole('button', { name: /^Cancel/ }));
  await settle();
  expect(server.bodies).toContainEqual(
    expect.objectContaining({ query: expect.stringMatching(/^batch:\S+ item:1\.\.\d+$/) }),
  );
});
