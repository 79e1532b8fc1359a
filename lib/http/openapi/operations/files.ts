import { searchQuery } from '@/lib/contracts/search';
import { shape, typeOf } from '@/lib/http/openapi/shapes';
import type { Operation } from './operation';

/** The calls about files, and the search in what was read of them. */
export const FILE_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/files',
    summary: 'Store a file: the raw body with X-Filename, or a form',
    bodyTypes: ['application/octet-stream', 'multipart/form-data'],
    answers: { 201: typeOf('File') },
    errors: ['payload-too-large'],
  },
  {
    call: 'GET /api/files/{id}',
    summary: 'Download a file, whole or in part (Range, If-Range, If-None-Match)',
    answers: { 200: 'application/octet-stream', 206: 'application/octet-stream' },
    errors: ['not-found', 'unavailable'],
  },
  {
    call: 'GET /api/search',
    summary: 'Search what was embedded, best first',
    query: searchQuery,
    answers: { 200: shape({ 'SearchHit[]': 'hits' }) },
  },
];
