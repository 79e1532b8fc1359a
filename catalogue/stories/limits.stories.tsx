import { ADMIN, ago, MEMBER } from '@/catalogue/fixtures';
import { JOB_TYPES } from '@/catalogue/job-type-fixtures';
import { json, pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { ApiKeys } from '@/components/settings/keys/api-keys';
import { LimitsPanel } from '@/components/settings/limits/limits';
import { Retention } from '@/components/settings/retention/retention';
import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { type LimitsAnswer, NO_LIMITS } from '@/lib/contracts/limits';
import type { SettingsAnswer } from '@/lib/contracts/organization-settings';

const key = (id: string, change: Partial<ApiKeyDto>): ApiKeyDto => ({
  ...{ id, name: 'nightly import', start: 'by_Ab3dE', role: 'operator', scopes: null, seesPayloads: true },
  ...{ systemAdmin: false, createdBy: { id: 'u1', name: 'Ana Ruiz' }, createdAt: ago(86_400 * 20) },
  ...{ lastUsedAt: ago(90), expiresAt: ago(-86_400 * 70), previousUntil: null },
  ...change,
});
const KEYS = [
  key('k1', {}),
  key('k2', {
    name: 'a dashboard in the hall with a name that is too long for its line',
    scopes: ['batch.see', 'capacity.see', 'job.see', 'limit.see'],
    role: 'viewer',
    seesPayloads: false,
    lastUsedAt: null,
    expiresAt: null,
    previousUntil: ago(-3_000),
  }),
  key('k3', { name: 'INIT_API_KEY', role: 'owner', systemAdmin: true, createdBy: null, expiresAt: ago(3_600) }),
];
const VALUE = { key: 'by_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG', apiKey: KEYS[0] };
const LIMITS: LimitsAnswer = {
  limits: {
    ...NO_LIMITS,
    ...{ runningBatches: 4, rows: 1_000_000, streams: 20, storageBytes: 10 * 1024 ** 3, uploadBytes: 100 * 1024 ** 2 },
    ...{ jobTypes: ['diagnostic', 'document-processing'], weight: 2 },
  },
  used: { runningBatches: 1, rows: 932_411, requestsPerMinute: null, streams: 20, storageBytes: 3 * 1024 ** 3 },
};
const SETTINGS: SettingsAnswer = {
  settings: { retentionDays: 30, unusedUploadDays: null, jobTypes: ['diagnostic'] },
  defaults: { retentionDays: 7, unusedUploadDays: 1 },
  jobTypes: JOB_TYPES.map(({ type, title }, i) => ({ type, title, allowed: i !== 1 })),
};

const story = (render: Story['render'], routes: Routes, more: Partial<Story> = {}): Story => ({
  render,
  viewer: ADMIN,
  routes,
  ...more,
});
const keys = (routes: Routes = {}, more: Partial<Story> = {}) =>
  story(
    () => <ApiKeys />,
    {
      'GET /api-keys': { apiKeys: KEYS },
      'POST /api-keys': json(VALUE, 201),
      'POST /api-keys/*/rotate': VALUE,
      ...routes,
    },
    { path: '/settings/keys', ...more },
  );
const limits = (answer: unknown = LIMITS, more: Partial<Story> = {}) =>
  story(
    () => <LimitsPanel />,
    { 'GET /limits': answer, 'PUT /limits': LIMITS, 'GET /settings': SETTINGS },
    { path: '/settings/limits', ...more },
  );
const retention = (answer: unknown = SETTINGS, more: Partial<Story> = {}) =>
  story(
    () => <Retention />,
    { 'GET /settings': answer, 'PATCH /settings': SETTINGS },
    { path: '/settings/retention', ...more },
  );

export const KeysList = keys();
export const KeysOnPhone = keys({}, { phone: true });
export const KeysEmpty = keys({ 'GET /api-keys': { apiKeys: [] } });
export const KeysLoading = keys({ 'GET /api-keys': pending });
export const KeysUnreadable = keys({ 'GET /api-keys': problem(400, 'invalid-request', 'The keys could not be read.') });
export const KeysForMember = keys({}, { viewer: MEMBER });
export const LimitsForSystemAdmin = limits();
export const LimitsOnPhone = limits(LIMITS, { phone: true });
export const LimitsForMember = limits(LIMITS, { viewer: MEMBER });
export const LimitsOfNothing = limits({ limits: NO_LIMITS, used: { ...LIMITS.used, streams: null } });
export const LimitsUnreadable = limits(problem(400, 'invalid-request', 'The limits could not be read.'));
export const RetentionForAdmin = retention();
export const RetentionForMember = retention(SETTINGS, { viewer: MEMBER });
export const RetentionUnreadable = retention(problem(400, 'invalid-request', 'The settings could not be read.'));
