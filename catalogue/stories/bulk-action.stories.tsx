import { useState } from 'react';
import { ABORTED, aBulkAction, anEstimate, ENDED } from '@/catalogue/bulk-action-fixtures';
import { ADMIN, JOBS } from '@/catalogue/fixtures';
import { pending, problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { BulkActionDialog } from '@/components/bulk-action/bulk-action-dialog';
import { BulkActionList } from '@/components/bulk-action/bulk-action-list';
import { BulkActionPage } from '@/components/bulk-action/bulk-action-page';
import { Page } from '@/components/ui/panel';
import type { BulkActionVerb } from '@/lib/contracts/bulk-action';

function Opened({ action }: { action: BulkActionVerb }) {
  const [open, setOpen] = useState(true);
  const query = 'status:failed,cancelled data.customer:acme';
  return <BulkActionDialog action={action} query={query} open={open} onClose={() => setOpen(false)} />;
}

const dialog = (action: BulkActionVerb, answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => <Opened action={action} />,
  ...more,
  routes: { 'POST /bulk-actions': answer, ...more.routes },
});

export const Retry = dialog('retry', anEstimate());
export const RetryOnPhone = dialog('retry', anEstimate(), { phone: true });
export const Estimating = dialog('retry', pending);
export const NothingMatches = dialog(
  'retry',
  anEstimate({ matched: 0, changes: 0, byStatus: {}, batches: [], samples: [], willSkip: [], runsAgain: [] }),
);
export const NothingToChange = dialog('cancel', anEstimate({ action: 'cancel', changes: 0 }));
export const Many = dialog(
  'delete',
  anEstimate({
    action: 'delete',
    matched: 184_402,
    changes: 184_200,
    byStatus: { failed: 184_200, active: 202 },
    moreBatches: 212,
    single: 12,
    runsAgain: [],
    willSkip: [{ code: 'is-active', reason: 'It is running.', count: 202, sampleJobId: 'j-active' }],
    seconds: 95,
  }),
);
export const SearchedPartly = dialog(
  'retry',
  anEstimate({
    searched: { all: false, rows: 812_000 },
    missing: 2,
    runsAgain: [
      {
        type: 'http',
        title: 'HTTP request',
        count: 70,
        lastMs: null,
        costs: {},
        note: 'Each sends its request again.',
      },
    ],
  }),
);
export const Discard = dialog('discard', anEstimate({ action: 'discard', changes: 68 }));
export const Edit = dialog(
  'edit',
  anEstimate({
    action: 'edit',
    preview: [
      { row: 1, jobId: JOBS.failed.id, before: { url: 'http://a' }, after: { url: 'https://a' }, issues: [] },
      {
        row: 1,
        jobId: JOBS.cancelled.id,
        before: {},
        after: {},
        issues: [{ path: 'url', message: 'is required' }],
      },
    ],
  }),
);
export const Tag = dialog('tag', anEstimate({ action: 'tag', changes: 68, runsAgain: [] }));
export const TagOnPhone = dialog('tag', anEstimate({ action: 'tag', runsAgain: [] }), { phone: true });
export const Refused = dialog('retry', problem(403, 'forbidden', 'An operator can retry jobs; you are a viewer.'));

const list = (answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page className="h-full min-h-120">
      <BulkActionList />
    </Page>
  ),
  path: '/bulk-actions',
  routes: { 'GET /bulk-actions': answer },
  ...more,
});
const some = { bulkActions: [aBulkAction(), { ...ENDED, id: 'ba3', action: 'delete' }, ABORTED], nextCursor: null };
export const List = list(some);
export const ListOnPhone = list(some, { phone: true });
export const ListEmpty = list({ bulkActions: [], nextCursor: null });
export const ListLoading = list(pending);
export const ListUnreadable = list(problem(503, 'unavailable', 'The database does not answer.'));

const jobs = (state: 'skipped' | 'failed' | 'done' | 'waiting') => ({
  jobs: Array.from({ length: 4 }, (_, i) => ({
    jobId: `0199aaaa-0000-7000-8000-00000000000${i}`,
    batchId: 'b1',
    was: state === 'skipped' ? 'active' : 'failed',
    state,
    code: state === 'skipped' ? 'open' : null,
    reason: state === 'skipped' ? 'It has not ended. Only failed and cancelled jobs run again.' : null,
    detail: null,
  })),
  nextCursor: null,
});
const page = (answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => <BulkActionPage id="ba1" />,
  path: '/bulk-actions/ba1',
  ...more,
  routes: { 'GET /bulk-actions/ba1': answer, 'GET /bulk-actions/*/jobs': jobs('skipped'), ...more.routes },
});
export const Running = page({ bulkAction: aBulkAction() });
export const RunningOnPhone = page({ bulkAction: aBulkAction() }, { phone: true });
export const RunningForViewer = page({ bulkAction: aBulkAction() }, { viewer: { ...ADMIN, role: 'viewer' } });
export const Ended = page({ bulkAction: ENDED });
export const Aborted = page({ bulkAction: ABORTED });
export const Edited = page({
  bulkAction: aBulkAction({ action: 'edit', set: { url: '$replace($value, "http:", "https:")' } }),
});
export const Unknown = page(problem(404, 'not-found', 'There is no such bulk action.'));
