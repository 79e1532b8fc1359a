import { limitsAnswer, limitsQuery, setLimitsBody } from '@/lib/contracts/limits';
import { setSettingsBody, settingsAnswer } from '@/lib/contracts/organization-settings';
import type { Operation } from './operation';

/** The calls about what an organization may use, and what it keeps. */
export const LIMIT_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/limits',
    id: 'getLimits',
    tag: 'Access',
    summary: 'Get the limits of an organization and what it uses of them',
    query: limitsQuery,
    answers: { 200: limitsAnswer },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'PUT /api/limits',
    id: 'setLimits',
    tag: 'Access',
    summary: 'Set limits of an organization, as a system administrator; limits that are absent stay as they are',
    body: setLimitsBody,
    example: { limits: { runningBatches: 2, rows: 1_000_000, requestsPerMinute: null } },
    answers: { 200: limitsAnswer },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/settings',
    id: 'getSettings',
    tag: 'Access',
    summary: 'Get the retention and the job types of the organization',
    answers: { 200: settingsAnswer },
    errors: ['forbidden'],
  },
  {
    call: 'PATCH /api/settings',
    id: 'setSettings',
    tag: 'Access',
    summary: 'Change the retention and the job types of the organization',
    body: setSettingsBody,
    example: { settings: { retentionDays: 30, jobTypes: null } },
    answers: { 200: settingsAnswer },
  },
];
