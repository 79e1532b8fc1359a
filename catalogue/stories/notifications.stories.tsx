import { ADMIN, ago, MEMBER } from '@/catalogue/fixtures';
import { pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { Notifications } from '@/components/settings/notifications/notifications';

const VIEWER = { ...MEMBER, role: 'viewer' as const };
const base = {
  failures: 0,
  enabled: true,
  disabledAt: null,
  disabledWhy: null,
  createdBy: 'Ana',
  createdAt: ago(9_000),
};
const CHANNELS = [
  {
    ...{ ...base, id: 'c1', kind: 'webhook', name: 'Our receiver', updatedAt: ago(9_000) },
    ...{ config: { url: 'https://hooks.example.org/batchyard' }, deliveredAt: ago(300) },
  },
  {
    ...{ ...base, id: 'c2', kind: 'slack', name: 'Night shift', updatedAt: ago(9_000) },
    ...{ config: { url: 'https://hooks.slack.com/…' }, deliveredAt: null, failures: 5, enabled: false },
    ...{ disabledAt: ago(60), disabledWhy: '5 deliveries in a row failed. The last one: The receiver answered 500.' },
  },
  {
    ...{ ...base, id: 'c3', kind: 'email', name: 'On call', updatedAt: ago(9_000), failures: 2 },
    ...{ config: { to: ['a-very-long-address-of-the-night-shift@department.example.org'], memberIds: ['m1'] } },
    deliveredAt: ago(86_400),
  },
];
const RULES = [
  {
    ...{
      id: 'r1',
      name: 'Nightly failures',
      on: ['batch.failed', 'batch.partial'],
      query: 'name:nightly* type:diagnostic',
    },
    ...{
      channelIds: ['c1', 'c2'],
      enabled: true,
      failureRate: 0.1,
      minFinished: 20,
      stuckMinutes: 10,
      waitingMinutes: 10,
    },
    ...{ deadLetters: 100, createdBy: 'Ana', createdAt: ago(9_000), updatedAt: ago(9_000) },
  },
];
const DATA = {
  batchId: 'b1',
  name: 'embed-handbook',
  status: 'partial',
  total: 1200,
  completed: 1186,
  failed: 14,
  cancelled: 0,
};
const sent = (id: string, more: object) => ({
  ...{
    id,
    type: 'batch.partial',
    kind: 'webhook',
    target: 'Our receiver',
    channelId: 'c1',
    ruleId: 'r1',
    ownerId: 'b1',
  },
  ...{ status: 'delivered', count: 1, attempts: 1, nextAt: null, answer: { status: 200, body: 'ok' }, error: null },
  ...{ tries: [{ at: ago(300), status: 200, error: null, ms: 84 }], data: DATA, at: ago(301), createdAt: ago(300) },
  ...{ finishedAt: ago(300), ...more },
});
const DELIVERIES = [
  sent('d1', {}),
  sent('d2', {
    ...{ status: 'pending', attempts: 2, nextAt: ago(-20), answer: { status: 503, body: null }, finishedAt: null },
    error: 'The receiver answered 503.',
  }),
  sent('d3', {
    status: 'failed',
    attempts: 8,
    answer: null,
    error: 'The name hooks.example.org was not resolved in time.',
  }),
  sent('d4', { count: 40, data: { ...DATA, events: [DATA, DATA] } }),
];

const story = (routes: Routes = {}, more: Partial<Story> = {}): Story => ({
  render: () => <Notifications />,
  viewer: ADMIN,
  path: '/settings/notifications',
  routes: {
    'GET /channels': { channels: CHANNELS, nextCursor: null },
    'GET /notification-rules': { rules: RULES, nextCursor: null },
    'GET /deliveries': { deliveries: DELIVERIES, nextCursor: 'd4' },
    ...routes,
  },
  ...more,
});

export const InUse = story({
  'POST /channels/c1/test': { delivery: sent('d5', { type: 'channel.test' }) },
  'POST /channels': { channel: CHANNELS[0], secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  'POST /deliveries/d3/redeliver': { delivery: sent('d3', { status: 'pending' }) },
});
export const InUseOnAPhone = story({}, { phone: true });
export const NothingYet = story({
  'GET /channels': { channels: [], nextCursor: null },
  'GET /notification-rules': { rules: [], nextCursor: null },
  'GET /deliveries': { deliveries: [], nextCursor: null },
});
export const BeingRead = story({
  'GET /channels': pending,
  'GET /notification-rules': pending,
  'GET /deliveries': pending,
});
export const Unreadable = story({
  'GET /channels': problem(503, 'unavailable', 'The database is not available.'),
  'GET /notification-rules': problem(503, 'unavailable', 'The database is not available.'),
  'GET /deliveries': problem(503, 'unavailable', 'The database is not available.'),
});
export const SeenByAnOperator = story({}, { viewer: MEMBER });
export const NotShownToAViewer = story({}, { viewer: VIEWER });
export const TestFails = story({
  'POST /channels/c1/test': {
    delivery: sent('d6', { type: 'channel.test', status: 'pending', error: 'The receiver answered 500.' }),
  },
});
