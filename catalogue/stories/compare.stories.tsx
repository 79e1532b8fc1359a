import { COMPARED_ITEMS, COMPARISON, SLOW } from '@/catalogue/compare-fixtures';
import { BATCHES } from '@/catalogue/fixtures';
import { pending, problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { ComparePage } from '@/components/batch/compare/compare-page';
import { SlowPanel } from '@/components/batch/slow/slow-panel';
import { OPTION_FIELDS } from '@/components/shared/option-fields';
import { Page } from '@/components/ui/panel';

const EARLIER = { ...BATCHES.partial, id: 'b0' };

const page = (
  routes: Story['routes'] = {},
  { path = '/batches/b1/compare?with=b0', ...more }: Partial<Story> = {},
): Story => ({
  render: () => <ComparePage batchId="b1" optionFields={OPTION_FIELDS} />,
  path,
  ...more,
  routes: {
    'GET /batches/b1': { batch: { ...BATCHES.partial, id: 'b1', run: 2 } },
    'GET /batches': { batches: [EARLIER], nextCursor: null },
    'GET /batches/b1/compare': { comparison: COMPARISON },
    'GET /batches/b1/compare/items': COMPARED_ITEMS,
    ...routes,
  },
});

const slow = (routes: NonNullable<Story['routes']>, path = '/batches/b1?slow=open'): Story => ({
  render: () => (
    <Page>
      <h1>A batch</h1>
      <SlowPanel batch={BATCHES.running} onOpen={() => undefined} />
    </Page>
  ),
  path,
  routes,
});

export const Compared = page();
export const ComparedOnPhone = page({}, { phone: true });
export const ComparedRuns = page(
  {
    'GET /batches/b1/compare': {
      comparison: {
        ...COMPARISON,
        matchedBy: 'position',
        options: [],
        there: { ...COMPARISON.here, run: 1, elapsedMs: null },
      },
    },
  },
  { path: '/batches/b1/compare?with=b1' },
);
export const NothingChosen = page({}, { path: '/batches/b1/compare' });
export const NothingToCompareWith = page(
  {
    'GET /batches/b1': { batch: { ...BATCHES.partial, id: 'b1', run: 1 } },
    'GET /batches': { batches: [], nextCursor: null },
  },
  { path: '/batches/b1/compare' },
);
export const ItemsOfNoSuchChange = page({ 'GET /batches/b1/compare/items': { items: [], nextCursor: null } });
export const Comparing = page({ 'GET /batches/b1/compare': pending });
export const OtherIsGone = page({ 'GET /batches/b1/compare': problem(404, 'not-found', 'There is no such batch.') });
export const ItemsUnreadable = page({
  'GET /batches/b1/compare/items': problem(500, 'internal-error', 'The server failed.'),
});

export const SlowExplained = slow({ 'GET /batches/b1/slow': { slow: SLOW } });
export const SlowClosed = slow({}, '/batches/b1');
export const SlowLoading = slow({ 'GET /batches/b1/slow': pending });
export const SlowUnreadable = slow({ 'GET /batches/b1/slow': problem(500, 'internal-error', 'The server failed.') });
export const SlowBeforeAnything = slow({ 'GET /batches/b1/slow': { slow: { ...SLOW, shares: [], limiter: null } } });
