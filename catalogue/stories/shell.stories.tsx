import { ADMIN, AT_CAPACITY, ago, BATCHES, MEMBER, NO_WORKERS, QUEUE_AWAY, STATS } from '@/catalogue/fixtures';
import { pending, problem, unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { Overview } from '@/components/overview/overview';
import { Appearance } from '@/components/settings/appearance';
import { Profile } from '@/components/settings/profile';
import { Secrets } from '@/components/settings/secrets';
import { SettingsNav } from '@/components/settings/settings-nav';
import { Shell } from '@/components/shell/shell';
import { CodeForm } from '@/components/sign-in/code-form';
import { SignInForm } from '@/components/sign-in/sign-in-form';
import { Page } from '@/components/ui/panel';

const shell = (routes: Story['routes'] = {}, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Shell viewer={more.viewer ?? ADMIN} theme="system" narrow={false}>
      <Page>
        <h1>A page</h1>
      </Page>
    </Shell>
  ),
  path: '/batches',
  routes,
  ...more,
});
const overview = (routes: Story['routes'] = {}, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page>
      <Overview />
    </Page>
  ),
  routes,
  ...more,
});
const recent = {
  batches: Object.entries(BATCHES).map(([id, batch]) => ({ ...batch, id, name: id })),
  nextCursor: null,
};
const SECRETS = [
  { id: 's1', name: 'CRM_TOKEN', hosts: ['https://crm.example.org'], createdBy: 'ana', createdAt: ago(86_400) },
  { id: 's2', name: 'ANY', hosts: ['*'], createdBy: null, createdAt: ago(3_600) },
];
const secrets = (answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => <Secrets />,
  routes: { 'GET /secrets': answer },
  ...more,
});

export const Live = shell();
export const OnPhone = shell({}, { phone: true });
export const ForMember = shell({}, { viewer: MEMBER });
export const AtCapacity = shell({ 'GET /capacity': AT_CAPACITY });
export const QueueUnavailable = shell({ 'GET /capacity': QUEUE_AWAY });
export const Connecting = shell({ 'GET /events': pending, 'GET /capacity': pending });
export const Reconnecting = shell({ 'GET /events': unreachable });
export const NarrowRail: Story = {
  ...shell(),
  render: () => (
    <Shell viewer={ADMIN} theme="dark" narrow>
      {null}
    </Shell>
  ),
};

export const OverviewBusy = overview({ 'GET /batches': recent });
export const OverviewOnPhone = overview({ 'GET /batches': recent }, { phone: true });
export const OverviewFirstLaunch = overview({
  'GET /jobs/stats': { ...STATS, total: 0, completed: 0, failed: 0, byType: {} },
});
export const OverviewNeedsAttention = overview({
  'GET /batches': recent,
  'GET /capacity': NO_WORKERS,
  'GET /doctor': {
    batches: [
      {
        batchId: 'b1',
        name: 'embed-handbook',
        type: 'diagnostic',
        status: 'in-progress',
        total: 100,
        open: 90,
        since: ago(900),
        reasons: [{ code: 'nothing-moves', message: 'No item has ended for 15 minutes.' }],
      },
    ],
    queues: [{ queue: 'diagnostic', message: 'The queue diagnostic was paused by another client.' }],
  },
});
export const OverviewLoading = overview({
  'GET /batches': pending,
  'GET /capacity': pending,
  'GET /jobs/stats': pending,
});
export const OverviewUnreadable = overview({
  'GET /batches': problem(400, 'invalid-request', 'The batches could not be read.'),
  'GET /capacity': problem(400, 'invalid-request', 'The capacity could not be read.'),
  'GET /jobs/stats': problem(400, 'invalid-request', 'The counts could not be read.'),
});

export const SettingsList: Story = { render: () => <SettingsNav />, path: '/settings/secrets' };
export const SettingsOnPhone: Story = { ...SettingsList, phone: true };
export const AppearanceChoice: Story = { render: () => <Appearance theme="system" /> };
export const ProfileShown: Story = { render: () => <Profile /> };
export const SecretsList = secrets({ secrets: SECRETS });
export const SecretsForMember = secrets({ secrets: SECRETS }, { viewer: MEMBER });
export const SecretsEmpty = secrets({ secrets: [] });
export const SecretsLoading = secrets(pending);
export const SecretsUnreadable = secrets(problem(400, 'invalid-request', 'The secrets could not be read.'));

export const SignIn: Story = { render: () => <SignInForm next="/" />, path: '/sign-in' };
export const SignInRefused: Story = {
  ...SignIn,
  routes: { 'POST /auth/sign-in/email': problem(401, 'unauthenticated', 'E-mail or password is wrong.') },
};
export const SignInThrottled: Story = {
  ...SignIn,
  routes: { 'POST /auth/sign-in/email': problem(429, 'too-many-requests', 'Too many attempts.', { retryAfter: 10 }) },
};
export const SignInWithEverything: Story = {
  ...SignIn,
  render: () => (
    <SignInForm next="/" hasPasskeys providers={[{ id: 'company', name: 'Example' }]} failure="not_in_group" />
  ),
};
export const SignInSecondStep: Story = {
  ...SignIn,
  render: () => <CodeForm onDone={() => undefined} onBack={() => undefined} />,
};
