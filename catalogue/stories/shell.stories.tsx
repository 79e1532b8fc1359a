import { aBulkAction } from '@/catalogue/bulk-action-fixtures';
import { ADMIN, ALL_PAUSED, AT_CAPACITY, ago, BATCHES, MEMBER, NO_WORKERS, QUEUE_AWAY } from '@/catalogue/fixtures';
import { quiet } from '@/catalogue/history-fixtures';
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
import type { AttentionItem } from '@/lib/contracts/attention';

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
const ATTENTION: AttentionItem[] = [
  {
    id: 'queue-paused:diagnostic',
    kind: 'queue-paused',
    severity: 'critical',
    since: null,
    count: 90,
    text: 'The queue diagnostic is paused in BullMQ itself. 90 open jobs wait here.',
    link: '/jobs?query=type%3Adiagnostic',
    actions: [
      {
        label: 'Resume the queue',
        method: 'POST',
        path: '/api/doctor/resume',
        body: { queue: 'diagnostic' },
        permission: 'queue.resume',
      },
    ],
  },
  {
    id: 'batch-failed:b1',
    kind: 'batch-failed',
    severity: 'warning',
    since: ago(900),
    count: 140,
    text: 'embed-handbook ended with failures: 140 items of 1,200 failed.',
    link: '/batches/b1?status=failed',
    actions: [
      {
        label: 'Retry 140',
        method: 'POST',
        path: '/api/batches/b1/retry',
        body: { only: 'failed' },
        permission: 'batch.retry',
        confirm: '140 failed items will run again.',
      },
    ],
  },
  {
    id: 'waiting-for-capacity',
    kind: 'waiting-for-capacity',
    severity: 'notice',
    since: ago(2_000),
    count: 3,
    text: '3 batches have waited for a free slot for more than 15 minutes.',
    link: '/batches?query=is%3Aqueued',
    actions: [],
  },
];
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
export const ForViewer = shell({}, { viewer: { ...MEMBER, role: 'viewer' } });
export const PaletteFails = shell({
  'GET /batches': problem(400, 'invalid-request', 'The search took too long.'),
  'GET /jobs': problem(400, 'invalid-request', 'The search took too long.'),
});
export const PaletteFinds = shell({
  'GET /dead-letters': {
    groups: [
      {
        ...{ reason: 'PDF is encrypted', code: 'encrypted', type: null, batch: null, count: 118, sampleJobId: 'j1' },
        ...{ oldestAt: ago(900), newestAt: ago(60), query: 'is:dead reason:"PDF is encrypted" code:encrypted' },
      },
    ],
    ...{ total: 118, groupCount: 1, searched: { all: true, rows: 118 } },
  },
  'GET /bulk-actions': {
    bulkActions: [aBulkAction({ id: 'a1', query: 'error:encrypted', matched: 118 })],
    nextCursor: null,
  },
  'GET /channels': {
    channels: [
      {
        ...{ id: 'c1', kind: 'slack', name: 'Encrypted night shift', config: { url: 'https://hooks.slack.com/…' } },
        ...{ enabled: true, failures: 0, disabledAt: null, disabledWhy: null, deliveredAt: null },
        ...{ createdBy: 'Ana', createdAt: ago(900), updatedAt: ago(900) },
      },
    ],
    nextCursor: null,
  },
});
export const AtCapacity = shell({ 'GET /capacity': AT_CAPACITY });
export const QueueUnavailable = shell({ 'GET /capacity': QUEUE_AWAY });
export const Paused = shell({ 'GET /capacity': ALL_PAUSED });
export const PausedOnPhone = shell({ 'GET /capacity': ALL_PAUSED }, { phone: true });
export const PausedForMember = shell({ 'GET /capacity': ALL_PAUSED }, { viewer: MEMBER });
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
  'GET /history': quiet,
});
export const OverviewNeedsAttention = overview({
  'GET /batches': recent,
  'GET /capacity': NO_WORKERS,
  'GET /attention': { items: ATTENTION },
});
export const OverviewNeedsMuch = overview({
  'GET /batches': recent,
  'GET /attention': {
    items: Array.from({ length: 14 }, (_, i) => ({
      ...ATTENTION[1],
      id: `batch-failed:${i}`,
      text: `run ${i} failed.`,
    })),
  },
});
export const OverviewNeedsAttentionOnPhone = overview(
  { 'GET /batches': recent, 'GET /attention': { items: ATTENTION } },
  { phone: true },
);
export const CriticalInRail = shell({ 'GET /attention': { items: ATTENTION } });
export const OverviewLoading = overview({
  'GET /attention': pending,
  'GET /batches': pending,
  'GET /capacity': pending,
  'GET /history': pending,
});
export const OverviewUnreadable = overview({
  'GET /attention': problem(400, 'invalid-request', 'The list could not be read.'),
  'GET /batches': problem(400, 'invalid-request', 'The batches could not be read.'),
  'GET /capacity': problem(400, 'invalid-request', 'The capacity could not be read.'),
  'GET /history': problem(400, 'invalid-request', 'The history could not be read.'),
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
