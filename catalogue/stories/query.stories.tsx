import { BATCHES, JOBS } from '@/catalogue/fixtures';
import { problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { aView } from '@/catalogue/view-fixtures';
import { BatchList } from '@/components/batch/list/batch-list';
import { JobList } from '@/components/job/list/job-list';
import { ViewLinks } from '@/components/query/view-links';
import { Page } from '@/components/ui/panel';

const VIEWS = [
  aView('v1', { count: { found: 12, more: false } }),
  aView('v2', { name: 'Slow ones', query: 'took:>5m', position: 1, count: { found: 1000, more: true } }),
  aView('v3', {
    name: 'Of acme, wherever it is and whatever became of it',
    query: 'data.customer:acme',
    shared: true,
    mine: false,
    count: null,
  }),
  aView('v4', { name: 'Waiting', of: 'batches', query: 'is:queued', shared: true, count: { found: 0, more: false } }),
];

const jobs = (path: string, answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page className="h-full min-h-120">
      <JobList />
    </Page>
  ),
  path,
  ...more,
  routes: { 'GET /jobs': answer, 'GET /views': { views: VIEWS, nextCursor: null }, ...more.routes },
});

const rows = Object.values(JOBS);
const FOUND = { jobs: rows, nextCursor: null, searched: { all: true, rows: rows.length } };

export const Filtered = jobs('/jobs?query=status:failed,active%20created:%3E1h%20%22too%20many%22', FOUND);
export const FilteredOnPhone = jobs('/jobs?query=status:failed', FOUND, { phone: true });
export const NotUnderstood = jobs('/jobs?query=status:faild%20created:%3E1h', FOUND);
export const OldAddress = jobs('/jobs?status=failed&type=diagnostic&q=acme', FOUND);
export const SearchedPartly = jobs('/jobs?query=data.note:acme', {
  jobs: rows.slice(0, 2),
  nextCursor: '0199aaaa-0000-7000-8000-000000000000',
  searched: { all: false, rows: 200_000 },
});
export const NothingYet = jobs('/jobs?query=data.note:acme', {
  jobs: [],
  nextCursor: '0199aaaa-0000-7000-8000-000000000000',
  searched: { all: false, rows: 200_000 },
});
export const Refused = jobs(
  '/jobs?query=data.note:acme',
  problem(
    403,
    'forbidden',
    'You may not search in the contents of jobs: your membership does not show the contents of jobs.',
  ),
);
export const DefaultView = jobs('/jobs', FOUND, {
  routes: { 'GET /views': { views: [aView('v1', { isDefault: true })], nextCursor: null } },
});
export const Batches: Story = {
  render: () => (
    <Page className="h-full min-h-120">
      <BatchList />
    </Page>
  ),
  path: '/batches?query=is:queued',
  routes: {
    'GET /batches': { batches: [{ ...BATCHES.running, id: 'b9' }], nextCursor: null, searched: { all: true, rows: 1 } },
    'GET /views': { views: VIEWS, nextCursor: null },
  },
};
export const ViewsInRail: Story = {
  render: () => (
    <nav aria-label="Main navigation" className="w-44">
      <ViewLinks className="" />
    </nav>
  ),
  path: '/jobs?query=took:%3E5m',
  routes: { 'GET /views': { views: VIEWS, nextCursor: null } },
};
