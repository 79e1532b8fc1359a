import { ADMIN, ago, JOBS, MEMBER } from '@/catalogue/fixtures';
import { type Answer, json, pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { DeadLetters } from '@/components/dead-letter/dead-letters';
import type { DeadLetterGroup, DeadLettersAnswer } from '@/lib/contracts/dead-letter';

const group = (change: Partial<DeadLetterGroup>): DeadLetterGroup => ({
  reason: '429 Too Many Requests from https://api.example.org/v1/embeddings: {"error":"quota of 1200 exceeded"}',
  code: 'http-429',
  type: null,
  batch: null,
  count: 4312,
  oldestAt: ago(3 * 86_400),
  newestAt: ago(140),
  sampleJobId: 'j-failed',
  query: 'is:dead reason:"# Too Many Requests" code:http-429',
  ...change,
});

const FEW: DeadLetterGroup[] = [
  group({}),
  group({
    reason: 'PDF is encrypted',
    code: null,
    count: 118,
    newestAt: ago(7200),
    query: 'is:dead reason:"PDF is encrypted" -code:*',
  }),
  group({
    reason: 'The worker died twice while it ran this job',
    code: 'worker-crashed',
    count: 1,
    oldestAt: ago(600),
    newestAt: ago(600),
    query: 'is:dead reason:"The worker died" code:worker-crashed',
  }),
];
const MANY = Array.from({ length: 100 }, (_, i) =>
  group({
    ...FEW[i % 3],
    reason: `${FEW[i % 3]?.reason} (${i})`,
    count: 40_000 - i * 397,
    query: `is:dead reason:"r ${i}" code:c`,
  }),
);
const BATCHES = [
  group({ batch: { id: 'b1', name: 'embed-handbook' }, count: 4100, query: 'is:dead batch:b1' }),
  group({
    batch: { id: 'b2', name: 'nightly import of customers from the warehouse' },
    count: 300,
    query: 'is:dead batch:b2',
  }),
  group({ count: 31, query: 'is:dead -batch:*' }),
];
const TYPES = [group({ type: 'document-processing', count: 4431, query: 'is:dead type:document-processing' })];

const answer = (groups: DeadLetterGroup[], change: Partial<DeadLettersAnswer> = {}): DeadLettersAnswer => ({
  groups,
  total: groups.reduce((sum, { count }) => sum + count, 0),
  groupCount: groups.length,
  searched: { all: true, rows: groups.reduce((sum, { count }) => sum + count, 0) },
  ...change,
});

const byGroup: Answer = (url, init) => {
  const by = url.searchParams.get('groupBy');
  return json(answer(by === 'batch' ? BATCHES : by === 'type' ? TYPES : FEW))(url, init);
};

const page = (routes: Routes, more: Partial<Story> = {}): Story => ({
  render: () => <DeadLetters />,
  viewer: ADMIN,
  path: '/dead-letters',
  ...more,
  routes: {
    'GET /jobs': { jobs: [JOBS.failed, { ...JOBS.failed, id: 'j-2', name: 'invoice-2041.pdf' }], nextCursor: null },
    ...routes,
  },
});

export const Few = page({ 'GET /dead-letters': answer(FEW) });
export const FewOnPhone = page({ 'GET /dead-letters': answer(FEW) }, { phone: true });
export const None = page({ 'GET /dead-letters': answer([]) });
export const Many = page({ 'GET /dead-letters': answer(MANY, { total: 998_412, groupCount: 2_318 }) });
export const Opened = page(
  { 'GET /dead-letters': byGroup },
  { path: `/dead-letters?group=${encodeURIComponent(FEW[0]?.query ?? '')}` },
);
export const OpenedOnPhone = page(
  { 'GET /dead-letters': byGroup },
  { path: `/dead-letters?group=${encodeURIComponent(FEW[0]?.query ?? '')}`, phone: true },
);
export const ByBatch = page({ 'GET /dead-letters': byGroup }, { path: '/dead-letters?groupBy=batch' });
export const ByType = page({ 'GET /dead-letters': byGroup }, { path: '/dead-letters?groupBy=type' });
export const SearchedPartly = page(
  { 'GET /dead-letters': answer(FEW.slice(1), { searched: { all: false, rows: 200_000 } }) },
  { path: '/dead-letters?query=data.customer:acme' },
);
export const NothingFound = page({ 'GET /dead-letters': answer([]) }, { path: '/dead-letters?query=code:x' });
export const Messages = page(
  {
    'GET /dead-letters': answer([
      group({ reason: 'Hidden: your membership does not show the contents of jobs.', query: 'is:dead code:http-429' }),
      group({ reason: 'No mail to [redacted]', code: 'mail', count: 3, query: null }),
    ]),
  },
  { viewer: { ...MEMBER, seesPayloads: false } },
);
export const Viewer = page({ 'GET /dead-letters': answer(FEW) }, { viewer: { ...MEMBER, role: 'viewer' } });
export const Loading = page({ 'GET /dead-letters': pending });
export const Unreadable = page({ 'GET /dead-letters': problem(503, 'unavailable', 'The database is away.') });
export const Refused = page(
  {
    'GET /dead-letters': problem(
      403,
      'forbidden',
      'You may not search in the contents of jobs: your membership does not show the contents of jobs.',
    ),
  },
  { path: '/dead-letters?query=data.customer:acme' },
);
