import { ADMIN, BATCHES, JOBS } from '@/catalogue/fixtures';
import { FLOWS } from '@/catalogue/flow-fixtures';
import { pending, problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { BatchList } from '@/components/batch/list/batch-list';
import { FlowList } from '@/components/flow/list/flow-list';
import { JobList } from '@/components/job/list/job-list';
import { Shell } from '@/components/shell/shell';
import { Page } from '@/components/ui/panel';

const list = (render: Story['render'], route: string, answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => <Page className="h-full min-h-120">{render()}</Page>,
  routes: { [route]: answer },
  ...more,
});
const batches = {
  batches: Object.entries(BATCHES).map(([id, batch]) => ({ ...batch, id, name: id })),
  nextCursor: null,
};
const jobs = { jobs: Object.values(JOBS), nextCursor: null };
const flows = { flows: Object.entries(FLOWS).map(([id, flow]) => ({ ...flow, id })), nextCursor: null };
const failed = problem(400, 'invalid-request', 'The search took too long.');

export const Batches = list(() => <BatchList />, 'GET /batches', batches);
export const BatchesOnPhone = list(() => <BatchList />, 'GET /batches', batches, { phone: true });
export const BatchesWithChosenColumns = list(() => <BatchList />, 'GET /batches', batches, {
  path: '/batches?columns=status,name,by,failed,pace,started,finished',
});
export const BatchesEmpty = list(() => <BatchList />, 'GET /batches', { batches: [], nextCursor: null });
export const BatchesNoMatch = list(
  () => <BatchList />,
  'GET /batches',
  { batches: [], nextCursor: null },
  { path: '/batches?q=nothing' },
);
export const BatchesLoading = list(() => <BatchList />, 'GET /batches', pending);
export const BatchesUnreadable = list(() => <BatchList />, 'GET /batches', failed);
export const Jobs = list(() => <JobList />, 'GET /jobs', jobs);
export const JobsInShell: Story = {
  ...list(() => null, 'GET /jobs', jobs),
  path: '/jobs',
  render: () => (
    <Shell viewer={ADMIN} theme="system" narrow={false}>
      <JobList />
    </Shell>
  ),
};
export const JobsOnPhone = list(() => <JobList />, 'GET /jobs', jobs, { phone: true });
export const JobsEmpty = list(() => <JobList />, 'GET /jobs', { jobs: [], nextCursor: null });
export const JobsLoading = list(() => <JobList />, 'GET /jobs', pending);
export const JobsUnreadable = list(() => <JobList />, 'GET /jobs', failed);
export const Flows = list(() => <FlowList />, 'GET /flows', flows);
export const FlowsEmpty = list(() => <FlowList />, 'GET /flows', { flows: [], nextCursor: null });
export const FlowsLoading = list(() => <FlowList />, 'GET /flows', pending);
export const FlowsUnreadable = list(() => <FlowList />, 'GET /flows', failed);
