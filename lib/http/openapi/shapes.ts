export type JsonSchema = Record<string, unknown>;

const SIMPLE = new Set(['string', 'integer', 'number', 'boolean']);

/** `string`, `integer?` (may be null), `Batch` (a component), `Job[]` (a list), `any`. */
export function typeOf(word: string): JsonSchema {
  if (word.endsWith('?')) return { anyOf: [typeOf(word.slice(0, -1)), { type: 'null' }] };
  if (word.endsWith('[]')) return { type: 'array', items: typeOf(word.slice(0, -2)) };
  if (word === 'any') return {};
  if (word === 'time') return { type: 'string', format: 'date-time' };
  if (SIMPLE.has(word)) return { type: word };
  return { $ref: `#/components/schemas/${word}` };
}

/** An object of an answer, from a line per kind of field: `{ string: 'id name', 'time?': 'startedAt' }`. */
export function shape(fields: Record<string, string>): JsonSchema {
  const properties = Object.entries(fields).flatMap(([type, names]) =>
    names.split(' ').map((name): [string, JsonSchema] => [name, typeOf(type)]),
  );
  return { type: 'object', properties: Object.fromEntries(properties), required: properties.map(([name]) => name) };
}

const COUNTS = 'total pending active completed failed cancelled';

const FLOW = {
  string: 'id name type status correlationId',
  integer: 'total levels',
  number: 'progress',
  FlowCounts: 'counts',
  'string[]': 'types',
  'string?': 'cancelMode createdBy',
  time: 'createdAt',
  'time?': 'startedAt finishedAt',
};
const JOB = {
  string: 'id type name status',
  any: 'metadata backoff error',
  'Progress?': 'progress',
  'Warning[]': 'warnings',
  integer: 'priority attemptsMade maxAttempts',
  'integer?': 'index durationMs',
  'string?': 'description batchId parentJobId flowId correlationId createdBy',
  boolean: 'cancelRequested',
  time: 'createdAt',
  'time?': 'runAt startedAt finishedAt',
};
const NODE = {
  JobSummary: 'job',
  any: 'onFailure nextCursor',
  integer: 'depth index childCount',
  FlowCounts: 'childCounts',
  'FlowNode[]': 'children',
};

/** What answers are made of. */
export const SHAPES: Record<string, JsonSchema> = {
  Problem: {
    ...shape({ string: 'type title code detail', integer: 'status', 'InputIssue[]': 'errors' }),
    required: ['type', 'title', 'status', 'code', 'detail'],
  },
  InputIssue: { ...shape({ string: 'path message', integer: 'row' }), required: ['path', 'message'] },
  Batch: shape({
    string: 'id name type status correlationId',
    boolean: 'paused sealed holdsSlot',
    integer: `${COUNTS} warned priority run`,
    number: 'progress',
    'number?': 'ratePerSecond etaSeconds',
    any: 'options metadata',
    'string?': 'uniqueKey cancelMode stopReason createdBy',
    'integer?': 'announced',
    time: 'createdAt',
    'time?': 'sealsAt queuedAt wakesAt notBefore startedAt finishedAt',
  }),
  BatchStatus: shape({ string: 'status', number: 'progress', integer: 'completed failed total' }),
  AddItemsResult: shape({ string: 'batchId status', integer: 'added total', boolean: 'sealed' }),
  CorrectionsResult: shape({ Batch: 'batch', boolean: 'dry', integer: 'retried changed' }),
  EditedRow: shape({ integer: 'row', string: 'jobId', any: 'before after', 'InputIssue[]': 'issues' }),
  EditResult: shape({
    Batch: 'batch',
    boolean: 'dry',
    integer: 'retried changed invalid',
    'EditedRow[]': 'preview',
  }),
  LaunchResult: shape({ string: 'batchId parentJobId status', integer: 'enqueuedCount' }),
  Progress: shape({ number: 'current total', 'string?': 'message' }),
  Warning: shape({ string: 'code message' }),
  Job: shape({ ...JOB, any: `${JOB.any} data result` }),
  JobSummary: {
    ...shape({ ...JOB, string: `${JOB.string} dataPreview resultPreview` }),
    description:
      'In lists, snapshots and events. Previews are JSON text of at most 1 KiB of UTF-8, ending with … where they are cut; ' +
      '`metadata` beyond 512 bytes is null, and `metadataPreview` says how it begins.',
  },
  Counts: shape({ integer: COUNTS }),
  FlowCounts: shape({ integer: 'pending delayed waiting-children active completed failed cancelled' }),
  FlowSummary: shape(FLOW),
  Flow: shape({ ...FLOW, ...NODE }),
  FlowNode: shape(NODE),
  JobStats: {
    ...shape({ integer: COUNTS, 'number?': 'successRate averageDurationMs', any: 'byType' }),
    description: '`byType` gives the same counts for each job type.',
  },
  LogLine: shape({ time: 'at', string: 'level message', integer: 'attempt' }),
  Worker: shape({ string: 'id host', integer: 'processes jobsActive', time: 'lastSeenAt' }),
  Capacity: shape({
    'string[]': 'runningBatches',
    integer: 'activeBatches maxBatches',
    'time?': 'queueAwaySince',
    boolean: 'isShuttingDown',
    'Worker[]': 'workers',
  }),
  File: shape({ string: 'fileId name contentType sha256', integer: 'size' }),
  Import: shape({
    string: 'id type status name content',
    any: 'files reading preview fields mapping error refusal',
    'string[]': 'sheets remarks columns suggested',
    integer: 'bytesTotal bytesRead rows good bad edited',
    'string?': 'url trialBatchId batchId jobId createdBy',
    time: 'createdAt updatedAt',
  }),
  BatchTable: shape({
    string: 'importId name type',
    'string[]': 'columns',
    integer: 'rows skipped',
    any: 'mapping',
  }),
  ImportIssue: shape({ integer: 'row', any: 'problems cells' }),
  ImportMapping: shape({ string: 'id type name', any: 'mapping', 'string?': 'createdBy', time: 'createdAt' }),
  SearchHit: shape({ string: 'jobId title text model', 'string?': 'batchId', number: 'score' }),
  Finding: shape({ string: 'code message', integer: 'count', boolean: 'mendable' }),
  Suspicion: shape({ string: 'code message' }),
  HealthPart: shape({ string: 'part detail', boolean: 'ok' }),
  PausedQueue: shape({ string: 'queue message' }),
  StuckBatch: shape({
    string: 'batchId name type status',
    integer: 'total open',
    time: 'since',
    'Suspicion[]': 'reasons',
  }),
  ThroughputPoint: shape({ integer: 'finished failed' }),
  FailureGroup: shape({ string: 'message', 'string?': 'code', integer: 'count', any: 'sample' }),
  JobType: shape({
    string: 'type title description',
    any: 'inputSchema outputSchema defaults',
    boolean: 'acceptsFiles',
  }),
  Secret: shape({ string: 'id name', 'string[]': 'hosts', 'string?': 'createdBy', time: 'createdAt' }),
  ApiKey: shape({ string: 'id name start role', time: 'createdAt', 'time?': 'lastUsedAt expiresAt' }),
  Viewer: shape({ string: 'name role', 'string?': 'email', any: 'organization' }),
};
