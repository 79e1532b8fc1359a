import type { BatchStatus, FlowStatus, JobStatus } from '@/lib/contracts/status';

export interface BatchFilters {
  query?: string | undefined;
  status?: readonly BatchStatus[];
  type?: string;
  q?: string | undefined;
}

export interface BatchJobFilters {
  status?: readonly JobStatus[];
  q?: string;
  /** only those with warnings */
  warned?: true;
}

export interface JobFilters extends Omit<BatchJobFilters, 'warned'> {
  query?: string | undefined;
  type?: string;
  batchId?: string;
}

export interface FlowFilters {
  query?: string | undefined;
  status?: readonly FlowStatus[];
  q?: string;
}

export interface AuditFilters {
  actor?: string;
  /** `batch.cancel`, or `batch.*` */
  action?: string;
  target?: string;
  /** ISO times */
  from?: string;
  to?: string;
}

/** What has a page with its activity. */
export type ActiveKind = 'batch' | 'job' | 'flow' | 'schedule';
const FOLDERS = { batch: 'batches', job: 'jobs', flow: 'flows', schedule: 'schedules' } as const;

/** Every query key of the product. The live cache writer relies on these shapes. */
export const keys = {
  batches: {
    all: ['batches'] as const,
    lists: ['batches', 'list'] as const,
    list: (filters: BatchFilters, limit: number) => ['batches', 'list', filters, limit] as const,
    detail: (id: string) => ['batches', 'detail', id] as const,
    jobsOf: (id: string) => ['batches', 'jobs', id] as const,
    jobs: (id: string, filters: BatchJobFilters) => ['batches', 'jobs', id, filters] as const,
    item: (id: string, index: number) => ['batches', 'item', id, index] as const,
    matrix: (id: string) => ['batches', 'matrix', id] as const,
    table: (id: string) => ['batches', 'table', id] as const,
    throughput: (id: string, run: number, status: BatchStatus) => ['batches', 'throughput', id, run, status] as const,
    retryMatches: (id: string, choice: object) => ['batches', 'retry-matches', id, choice] as const,
    failures: (id: string) => ['batches', 'failures', id] as const,
    comparison: (id: string, choice: object) => ['batches', 'comparison', id, choice] as const,
    comparedItems: (id: string, query: object) => ['batches', 'compared-items', id, query] as const,
    slow: (id: string, run: number, status: BatchStatus) => ['batches', 'slow', id, run, status] as const,
  },
  jobs: {
    all: ['jobs'] as const,
    lists: ['jobs', 'list'] as const,
    list: (filters: JobFilters, limit: number) => ['jobs', 'list', filters, limit] as const,
    detail: (id: string) => ['jobs', 'detail', id] as const,
    count: (query: string) => ['jobs', 'count', query] as const,
    logs: (id: string) => ['jobs', 'logs', id] as const,
  },
  flows: {
    lists: ['flows', 'list'] as const,
    list: (filters: FlowFilters, limit: number) => ['flows', 'list', filters, limit] as const,
    trees: ['flows', 'tree'] as const,
    tree: (id: string) => ['flows', 'tree', id] as const,
    pages: ['flows', 'page'] as const,
    pagesOf: (id: string) => ['flows', 'page', id] as const,
    page: (id: string, parent: string, cursor: string) => ['flows', 'page', id, parent, cursor] as const,
  },
  schedules: {
    all: ['schedules'] as const,
    list: (q: string, limit: number) => ['schedules', 'list', q, limit] as const,
    detail: (id: string) => ['schedules', 'detail', id] as const,
    firings: (id: string) => ['schedules', 'firings', id] as const,
    ofBatch: (batchId: string) => ['schedules', 'of-batch', batchId] as const,
    preview: (body: object) => ['schedules', 'preview', body] as const,
    items: (body: object) => ['schedules', 'items', body] as const,
    backfill: (id: string, range: object) => ['schedules', 'backfill', id, range] as const,
  },
  bulkActions: {
    all: ['bulk-actions'] as const,
    list: (limit: number) => ['bulk-actions', 'list', limit] as const,
    detail: (id: string) => ['bulk-actions', 'detail', id] as const,
    /** `moved`: the counters that the jobs belong to */
    jobs: (id: string, state: string, moved: string) => ['bulk-actions', 'jobs', id, state, moved] as const,
  },
  deadLetters: {
    all: ['dead-letters'] as const,
    count: ['dead-letters', 'count'] as const,
    groups: (query: string, groupBy: string) => ['dead-letters', 'groups', query, groupBy] as const,
  },
  channels: ['channels'] as const,
  notificationRules: ['notification-rules'] as const,
  deliveries: {
    all: ['deliveries'] as const,
    list: (status: string) => ['deliveries', 'list', status] as const,
  },
  attention: ['attention'] as const,
  doctor: {
    stuck: ['doctor', 'stuck'] as const,
    diagnosis: (batchId: string) => ['doctor', 'diagnosis', batchId] as const,
  },
  imports: {
    list: ['imports', 'list'] as const,
    details: ['imports', 'detail'] as const,
    detail: (id: string) => ['imports', 'detail', id] as const,
    issuesOf: (id: string) => ['imports', 'issues', id] as const,
    /** `known`: bad rows so far, up to where the first pages are full */
    issues: (id: string, known: number) => ['imports', 'issues', id, known] as const,
    /** `moved`: the counters that the results belong to */
    trial: (batchId: string, moved: number) => ['imports', 'trial', batchId, moved] as const,
    mappings: (type: string) => ['imports', 'mappings', type] as const,
  },
  audit: {
    list: (filters: AuditFilters, limit: number) => ['audit', 'list', filters, limit] as const,
    actors: ['audit', 'actors'] as const,
  },
  /** `moved`: the state of the object that the entries belong to */
  activity: (kind: ActiveKind, id: string, moved: string) => [FOLDERS[kind], 'activity', id, moved] as const,
  history: (question: object) => ['history', question] as const,
  capacity: ['capacity'] as const,
  workers: ['workers'] as const,
  jobTypes: ['job-types'] as const,
  viewer: ['viewer'] as const,
  views: { all: ['views'] as const, list: ['views', 'list'] as const, counts: ['views', 'counts'] as const },
  queryValues: (asked: object) => ['query-values', asked] as const,
  redaction: ['redaction'] as const,
  secrets: ['secrets'] as const,
  organizations: ['organizations'] as const,
  members: ['members'] as const,
  users: ['users'] as const,
  usersLike: (q: string) => ['users', 'list', q] as const,
  /** `me`: one's own account */
  deletion: (of: string) => ['users', 'deletion', of] as const,
  invitations: ['invitations'] as const,
  sessions: ['sessions'] as const,
  exports: ['exports'] as const,
  apiKeys: ['api-keys'] as const,
  limits: ['limits'] as const,
  settings: ['settings'] as const,
  search: (q: string, batchId: string | undefined, limit: number) => ['search', q, batchId ?? null, limit] as const,
};
