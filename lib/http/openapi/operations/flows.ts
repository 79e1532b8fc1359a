import {
  createFlowsBody,
  createFlowsResult,
  flowAnswer,
  flowList,
  flowNodesPage,
  flowNodesQuery,
  flowSummaryAnswer,
  flowTreeQuery,
  listFlowsQuery,
  retryFlowBody,
  retryFlowResult,
} from '@/lib/contracts/flow';
import { CANCEL, type Operation } from './operation';

/** The calls about flows. */
export const FLOW_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/flows',
    id: 'createFlows',
    tag: 'Flows',
    summary: 'Create one or several trees of jobs, all or none; a parent starts when its children have ended',
    body: createFlowsBody,
    example: {
      flow: {
        name: 'report',
        type: 'collect',
        children: [{ name: 'part 1', type: 'diagnostic', data: { durationMs: 100 } }],
      },
    },
    idempotent: true,
    answers: { 201: createFlowsResult, 200: createFlowsResult },
    errors: ['unknown-job-type', 'invalid-data', 'limit-exceeded', 'unknown-channel', 'invalid-channel'],
  },
  {
    call: 'GET /api/flows',
    id: 'listFlows',
    tag: 'Flows',
    summary: 'List flows, newest first',
    query: listFlowsQuery,
    answers: { 200: flowList },
    errors: ['invalid-query'],
  },
  {
    call: 'GET /api/flows/{id}',
    id: 'getFlow',
    tag: 'Flows',
    summary: 'Get a flow: the tree with the job of each node',
    query: flowTreeQuery,
    answers: { 200: flowAnswer },
  },
  {
    call: 'GET /api/flows/{id}/nodes',
    id: 'listFlowNodes',
    tag: 'Flows',
    summary: 'List the children of one node, page by page',
    query: flowNodesQuery,
    answers: { 200: flowNodesPage },
  },
  {
    ...CANCEL,
    call: 'POST /api/flows/{id}/cancel',
    id: 'cancelFlow',
    tag: 'Flows',
    summary: 'Cancel the nodes that have not started; with force, abort the running ones',
    answers: { 200: flowSummaryAnswer },
  },
  {
    call: 'POST /api/flows/{id}/retry',
    id: 'retryFlow',
    tag: 'Flows',
    summary: 'Run failed and cancelled nodes again, and those that did not run because of them',
    body: retryFlowBody,
    example: { only: 'failed' },
    answers: { 200: retryFlowResult },
    errors: ['not-retryable'],
  },
];
