import { listValuesQuery, valueList } from '@/lib/contracts/query-values';
import { createViewBody, listViewsQuery, updateViewBody, viewAnswer, viewListAnswer } from '@/lib/contracts/view';
import type { Operation } from './operation';

/** The calls about saved views. */
export const VIEW_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/query-values',
    id: 'listQueryValues',
    tag: 'Views',
    summary: 'List values that a field of a query had lately, for suggestions',
    query: listValuesQuery,
    answers: { 200: valueList },
    errors: ['too-many-requests'],
  },
  {
    call: 'GET /api/views',
    id: 'listViews',
    tag: 'Views',
    summary: 'List one’s own views and those that are shared, in their order',
    query: listViewsQuery,
    answers: { 200: viewListAnswer },
  },
  {
    call: 'POST /api/views',
    id: 'createView',
    tag: 'Views',
    summary: 'Save a query as a view; operators may share it with the organization',
    body: createViewBody,
    example: { name: 'Failed today', of: 'jobs', query: 'status:failed created:today', shared: true },
    answers: { 201: viewAnswer },
    errors: ['invalid-query', 'limit-exceeded'],
  },
  {
    call: 'PATCH /api/views/{id}',
    id: 'updateView',
    tag: 'Views',
    summary: 'Change or move a view',
    body: updateViewBody,
    example: { name: 'Failed this week', query: 'status:failed created:>7d' },
    answers: { 200: viewAnswer },
    errors: ['invalid-query'],
  },
  {
    call: 'DELETE /api/views/{id}',
    id: 'deleteView',
    tag: 'Views',
    summary: 'Delete a view',
    answers: { 200: viewAnswer },
  },
];
