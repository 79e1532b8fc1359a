import { ADMIN, MEMBER } from '@/catalogue/fixtures';
import { pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { Redaction } from '@/components/settings/redaction';
import { HiddenContents } from '@/components/shared/hidden-contents';
import { LaunchOnly } from '@/components/shared/launch-only';
import { NewRecord } from '@/components/shared/new-record';
import type { ViewerDto } from '@/lib/contracts/system';

const RULES = {
  paths: ['data.customer.email', 'data.items.*.phone', 'result.body.customer["full name"]'],
  patterns: ['email', 'card'],
};
const VIEWER: ViewerDto = { ...MEMBER, role: 'viewer', seesPayloads: false };

const redaction = (routes: Routes = {}, viewer: ViewerDto = ADMIN): Story => ({
  render: () => <Redaction />,
  viewer,
  routes: { 'GET /redaction': { redaction: RULES }, 'PUT /redaction': { redaction: RULES }, ...routes },
});

export const RedactionRules: Story = redaction();
export const RedactionForOperator: Story = redaction({}, MEMBER);
export const RedactionLoading: Story = redaction({ 'GET /redaction': pending });
export const RedactionBroken: Story = redaction({ 'GET /redaction': problem(503, 'unavailable', 'Not now.') });
export const RedactionRefused: Story = redaction({
  'PUT /redaction': problem(400, 'invalid-request', 'The body is not valid.'),
});

export const ForViewers: Story = {
  viewer: VIEWER,
  render: () => (
    <div className="flex flex-col gap-6">
      <NewRecord what="batch" />
      <HiddenContents what="input" />
      <LaunchOnly what="batch">
        <p>not shown</p>
      </LaunchOnly>
    </div>
  ),
};
