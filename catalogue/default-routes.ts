import { AUDIT_ENTRIES } from './audit-fixtures';
import { ADMIN, BATCHES, CAPACITY, ORGANIZATIONS } from './fixtures';
import { history } from './history-fixtures';
import { JOB_TYPES } from './job-type-fixtures';
import { openStream, pending, type Routes } from './server';

/** Default responses for the requests of every page. A story overrides only what differs. */
export const DEFAULT_ROUTES: Routes = {
  'GET /events': openStream,
  'GET /viewer': ADMIN,
  'GET /capacity': CAPACITY,
  'GET /workers': { nodes: [] },
  'GET /job-types': { jobTypes: JOB_TYPES },
  'GET /history': history,
  'GET /attention': { items: [] },
  'GET /doctor': { batches: [], queues: [] },
  'GET /batches': { batches: [], nextCursor: null },
  'GET /jobs/count': pending,
  'GET /query-values': { values: [] },
  'GET /jobs': { jobs: [], nextCursor: null },
  'GET /flows': { flows: [], nextCursor: null },
  'GET /dead-letters/count': { count: 4431 },
  'GET /dead-letters': { groups: [], total: 0, groupCount: 0, searched: { all: true, rows: 0 } },
  'GET /bulk-actions': { bulkActions: [], nextCursor: null },
  'GET /channels': { channels: [], nextCursor: null },
  'GET /notification-rules': { rules: [], nextCursor: null },
  'GET /deliveries': { deliveries: [], nextCursor: null },
  'GET /views': { views: [], nextCursor: null },
  'GET /imports': { imports: [] },
  'GET /search': { hits: [] },
  'GET /import-mappings': { mappings: [] },
  'GET /secrets': { secrets: [] },
  'GET /organizations': { organizations: [ORGANIZATIONS[0]], nextCursor: null },
  'GET /members': { members: [], nextCursor: null },
  'GET /invitations': { invitations: [], nextCursor: null },
  'GET /privacy/exports': { exports: [], nextCursor: null },
  'GET /sessions': { sessions: [], nextCursor: null },
  'GET /batches/b1': { batch: BATCHES.running },
  'GET /batches/b2': { batch: { ...BATCHES.paused, id: 'b2', name: 'embed-faq' } },
  'GET /audit/actors': { actors: [] },
  'GET /batches/*/activity': {
    entries: AUDIT_ENTRIES.filter(({ target }) => target.kind === 'batch'),
    nextCursor: null,
  },
  'GET /flows/*/activity': { entries: [], nextCursor: null },
  'GET /schedules': { schedules: [], nextCursor: null },
  'GET /schedules/*/activity': { entries: [], nextCursor: null },
  'GET /jobs/*/activity': { entries: [], nextCursor: null },
  'GET /jobs/*/logs': { lines: [] },
  'GET /jobs/*/artifacts': { artifacts: [] },
};
