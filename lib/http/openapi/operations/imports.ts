import {
  changeImportBody,
  createImportBody,
  fixRowBody,
  launchImportBody,
  listIssuesQuery,
  listMappingsQuery,
  saveMappingBody,
  tryImportBody,
} from '@/lib/contracts/import';
import { shape } from '@/lib/http/openapi/shapes';
import { type Operation, page } from './operation';

const importAnswer = shape({ Import: 'import' });

/** The calls about tables that are brought. */
export const IMPORT_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/imports',
    summary: 'Bring a table from stored files or from an address, to be mapped, checked and launched',
    body: createImportBody,
    answers: { 201: importAnswer },
    errors: ['unknown-job-type', 'not-found'],
  },
  {
    call: 'GET /api/imports',
    summary: 'Imports that have not become a batch, newest first',
    answers: { 200: shape({ 'Import[]': 'imports' }) },
  },
  {
    call: 'GET /api/imports/{id}',
    summary: 'How an import is read and mapped, and how far its work is',
    answers: { 200: importAnswer },
    errors: ['not-found'],
  },
  {
    call: 'PATCH /api/imports/{id}',
    summary: 'Change how it is read, its job type or its mapping; what was checked before is forgotten',
    body: changeImportBody,
    answers: { 200: importAnswer },
    errors: ['not-found', 'not-ready', 'already-done'],
  },
  {
    call: 'DELETE /api/imports/{id}',
    summary: 'Forget an import; its batch stays',
    answers: { 200: shape({ boolean: 'deleted' }) },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/imports/{id}/check',
    summary: 'Check every row in the background; counts and progress are in the import',
    answers: { 202: importAnswer },
    errors: ['not-found', 'not-ready', 'already-done'],
  },
  {
    call: 'POST /api/imports/{id}/stop',
    summary: 'Stop what a worker does for it',
    answers: { 200: importAnswer },
    errors: ['not-found', 'already-done'],
  },
  {
    call: 'GET /api/imports/{id}/issues',
    summary: 'Rows that do not fit, with their cells: the first 10,000; as csv or xlsx all of them',
    query: listIssuesQuery,
    answers: { 200: page('ImportIssue', 'issues') },
    errors: ['not-found'],
  },
  {
    call: 'PATCH /api/imports/{id}/rows',
    summary: 'Correct cells of a row that does not fit',
    body: fixRowBody,
    answers: { 200: shape({ Import: 'import', 'ImportIssue?': 'issue' }) },
    errors: ['not-found', 'not-ready', 'payload-too-large'],
  },
  {
    call: 'POST /api/imports/{id}/try',
    summary: 'A dry run: run the first good rows for real, as a batch of their own',
    body: tryImportBody,
    answers: { 201: shape({ Import: 'import', string: 'batchId' }) },
    errors: ['not-found', 'not-ready', 'empty-batch', 'capacity-reached'],
  },
  {
    call: 'POST /api/imports/{id}/launch',
    summary: 'Launch a checked import; a worker writes the batch, whose id is then in the import',
    body: launchImportBody,
    answers: { 202: importAnswer, 200: importAnswer },
    errors: ['not-found', 'not-ready', 'invalid-items', 'empty-batch', 'capacity-reached'],
  },
  {
    call: 'GET /api/import-mappings',
    summary: 'Saved mappings',
    query: listMappingsQuery,
    answers: { 200: shape({ 'ImportMapping[]': 'mappings' }) },
  },
  {
    call: 'POST /api/import-mappings',
    summary: 'Save a mapping for the next file; the same name replaces it',
    body: saveMappingBody,
    answers: { 201: shape({ ImportMapping: 'mapping' }) },
    errors: ['unknown-job-type'],
  },
  {
    call: 'DELETE /api/import-mappings/{id}',
    summary: 'Forget a saved mapping',
    answers: { 200: shape({ boolean: 'deleted' }) },
    errors: ['not-found'],
  },
];
