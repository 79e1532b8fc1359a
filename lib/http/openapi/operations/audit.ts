import { activityQuery, auditActorList, auditList, listAuditQuery } from '@/lib/contracts/audit';
import type { Operation } from './operation';

const activity = (of: 'batch' | 'job' | 'flow' | 'schedule', tag: Operation['tag'], folder: string): Operation => ({
  call: `GET /api/${folder}/{id}/activity`,
  id: `list${of[0]?.toUpperCase()}${of.slice(1)}Activity`,
  tag,
  summary: `List what was done to a ${of}, newest first`,
  query: activityQuery,
  answers: { 200: auditList },
  errors: ['forbidden'],
});

/** The calls about who did what. */
export const AUDIT_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/audit',
    id: 'listAuditEntries',
    tag: 'Access',
    summary: 'List who did what to what, newest first; with `format` as a streamed download',
    query: listAuditQuery,
    answers: { 200: { json: auditList, files: ['text/csv', 'application/x-ndjson'] } },
    errors: ['forbidden'],
  },
  {
    call: 'GET /api/audit/actors',
    id: 'listAuditActors',
    tag: 'Access',
    summary: 'List the people, keys and programs that have entries in the audit log',
    answers: { 200: auditActorList },
    errors: ['forbidden'],
  },
  activity('batch', 'Batches', 'batches'),
  activity('job', 'Jobs', 'jobs'),
  activity('flow', 'Flows', 'flows'),
  activity('schedule', 'Schedules', 'schedules'),
];
