import type { JobTypeDto } from '@/lib/contracts/job-type';

const DEFAULTS: JobTypeDto['defaults'] = {
  maxAttempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  timeoutMs: 60_000,
  concurrency: 0,
  ratePerMinute: 0,
};

const BUILT_IN = {
  source: 'built-in',
  version: '0.1.0',
  icon: null,
  state: 'offered',
  launchable: true,
  workers: [],
  noWorkerSince: null,
} satisfies Partial<JobTypeDto>;

export const JOB_TYPES: JobTypeDto[] = [
  {
    type: 'document-processing',
    title: 'Read documents',
    description: 'Extracts text from PDF, Word and HTML files, and makes it searchable.',
    inputSchema: {
      type: 'object',
      properties: {
        fileId: { type: 'string', format: 'uuid', description: 'the stored file', file: true },
        language: { type: 'string', description: 'two letters; found out when empty' },
      },
      required: ['fileId'],
    },
    outputSchema: {},
    defaults: DEFAULTS,
    acceptsFiles: true,
    ...BUILT_IN,
  },
  {
    type: 'diagnostic',
    title: 'Diagnostic',
    description: 'Waits, fails or warns as configured: to try the product without side effects.',
    inputSchema: {
      examples: [{ durationMs: 200 }, { durationMs: 350 }],
      type: 'object',
      properties: {
        durationMs: { type: 'integer', minimum: 0, maximum: 600_000, default: 100, description: 'how long it takes' },
        outcome: { type: 'string', enum: ['complete', 'fail', 'crash'], default: 'complete' },
        note: { type: 'string' },
        verbose: { type: 'boolean' },
      },
      required: ['durationMs'],
    },
    outputSchema: {},
    defaults: DEFAULTS,
    acceptsFiles: false,
    ...BUILT_IN,
  },
  {
    type: 'bulk-operation',
    title: 'HTTP calls',
    description: 'Calls an HTTP address for each row.',
    inputSchema: {
      type: 'object',
      properties: {
        url: { type: 'string', maxLength: 8000, description: 'where to call', 'x-line': true },
        method: { type: 'string', enum: ['GET', 'POST'], default: 'GET', 'x-main': true },
        headers: { type: 'object', description: 'may name secrets' },
        timeoutMs: { type: 'integer', minimum: 100, maximum: 300_000, default: 30_000 },
      },
      required: ['url'],
    },
    outputSchema: {},
    defaults: DEFAULTS,
    acceptsFiles: false,
    ...BUILT_IN,
  },
];
