import type { ImportDto } from '@/lib/contracts/import';
import { ago } from './fixtures';

/** Builds an import of a table. The change sets its state. */
const anImport = (change: Partial<ImportDto>): ImportDto => ({
  id: 'i1',
  type: 'diagnostic',
  status: 'ready',
  name: 'orders.csv',
  files: [{ fileId: 'f1', name: 'orders.csv', size: 48_200 }],
  content: 'rows',
  url: null,
  reading: { format: 'csv', encoding: 'utf-8', delimiter: ';', quote: '"', header: true, headerRow: 1 },
  sheets: [],
  remarks: ['Row 1 names the columns.'],
  columns: ['id', 'minutes', 'remark'],
  preview: [
    { id: '1', minutes: '3', remark: 'first' },
    { id: '2', minutes: 'x', remark: '' },
  ],
  fields: [
    { path: 'durationMs', kind: 'integer', required: true, main: true, description: 'how long it takes', choices: [] },
    {
      path: 'outcome',
      kind: 'choice',
      required: false,
      main: true,
      description: null,
      choices: ['complete', 'fail', 'crash'],
    },
    { path: 'note', kind: 'text', required: false, main: true, description: null, choices: [] },
  ],
  mapping: { durationMs: { from: 'column', column: 'minutes' }, note: { from: 'column', column: 'remark' } },
  nameBy: 'id',
  suggested: ['note'],
  bytesTotal: 48_200,
  bytesRead: 48_200,
  rows: 400,
  good: 0,
  bad: 0,
  calls: null,
  edited: 0,
  error: null,
  refusal: null,
  trialBatchId: null,
  batchId: null,
  jobId: null,
  createdBy: 'ana',
  createdAt: ago(60),
  updatedAt: ago(1),
  ...change,
});
export const IMPORTS = {
  reading: anImport({
    status: 'reading',
    bytesRead: 12_000,
    rows: 0,
    columns: [],
    preview: [],
    reading: null,
    mapping: {},
  }),
  ready: anImport({}),
  checking: anImport({ status: 'checking', good: 120, bytesRead: 12_000 }),
  checked: anImport({ status: 'checked', good: 397, bad: 3 }),
  unreadable: anImport({
    status: 'failed',
    error: { code: 'unreadable-file', message: 'The file is not a table: it has no line breaks.' },
  }),
};
export const ISSUES = [
  {
    row: 2,
    problems: [{ path: 'durationMs', message: 'must be a whole number', column: 'minutes' }],
    cells: { id: '2', minutes: 'x', remark: '' },
  },
];
