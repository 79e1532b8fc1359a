import { storedFiles } from '@/lib/contracts/file';
import { searchHits, searchQuery } from '@/lib/contracts/search';
import type { Operation } from './operation';

/** The calls about files, and the search in what was read from them. */
export const FILE_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/files',
    id: 'storeFile',
    tag: 'Files',
    summary: 'Store a file: the raw body with X-Filename, or a form',
    bodyTypes: ['application/octet-stream', 'multipart/form-data'],
    answers: { 201: storedFiles },
    errors: ['limit-exceeded'],
  },
  {
    call: 'GET /api/files/{id}',
    id: 'downloadFile',
    tag: 'Files',
    summary: 'Download a file, whole or in part (Range, If-Range, If-None-Match)',
    answers: { 200: ['*/*'], 206: ['*/*'], 304: null, 416: null },
  },
  {
    call: 'GET /api/search',
    id: 'searchDocuments',
    tag: 'Files',
    summary: 'Search the embedded documents, best first',
    query: searchQuery,
    answers: { 200: searchHits },
  },
];
