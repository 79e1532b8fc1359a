import { MEMBER } from '@/catalogue/fixtures';
import { FLOWS } from '@/catalogue/flow-fixtures';
import { pending, problem, unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { ComposePage } from '@/components/flow/compose-page';
import { FlowPage } from '@/components/flow/flow-page';
import type { FlowDto } from '@/lib/contracts/flow';

const page = (flow: FlowDto, more: Partial<Story> = {}): Story => ({
  render: () => (
    <div className="h-dvh">
      <FlowPage flowId="root" />
    </div>
  ),
  path: '/flows/root?view=list',
  ...more,
  routes: { 'GET /flows/root': { flow }, ...more.routes },
});

export const RunningAsList = page(FLOWS.running);
export const RunningAsGraph = page(FLOWS.running, { path: '/flows/root' });
export const RunningForMember = page(FLOWS.running, { viewer: MEMBER });
export const Failed = page(FLOWS.failed);
export const Wide = page(FLOWS.wide);
export const Offline = page(FLOWS.running, { routes: { 'GET /events': unreachable } });
export const Loading = page(FLOWS.running, { routes: { 'GET /flows/root': pending } });
export const NotFound = page(FLOWS.running, {
  routes: { 'GET /flows/root': problem(404, 'not-found', 'There is no such flow.') },
});
export const Compose: Story = {
  render: () => (
    <div className="h-dvh">
      <ComposePage />
    </div>
  ),
  path: '/flows/new',
};
