import { createFlowsBody, flowNodesQuery, flowTreeQuery, listFlowsQuery, retryFlowBody } from '@/lib/contracts/flow';
import { shape } from '@/lib/http/openapi/shapes';
import { CANCEL, type Operation, page } from './operation';

const flow = shape({ FlowSummary: 'flow' });
const created = shape({ 'string[]': 'flowIds jobIds' });

/** The calls about flows. */
export const FLOW_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/flows',
    summary: 'Create one or several trees of jobs, all or nothing; a parent starts when its children have ended',
    body: createFlowsBody,
    idempotent: true,
    answers: { 201: created, 200: created },
    errors: ['unknown-job-type', 'invalid-data', 'payload-too-large'],
  },
  {
    call: 'GET /api/flows',
    summary: 'List flows, newest first',
    query: listFlowsQuery,
    answers: { 200: page('FlowSummary', 'flows') },
  },
  {
    call: 'GET /api/flows/{id}',
    summary: 'One flow: the tree, with the job of each node',
    query: flowTreeQuery,
    answers: { 200: shape({ Flow: 'flow' }) },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/flows/{id}/nodes',
    summary: 'Children of one node, a page at a time',
    query: flowNodesQuery,
    answers: { 200: shape({ 'FlowNode[]': 'nodes', FlowCounts: 'counts', 'string?': 'nextCursor' }) },
    errors: ['not-found'],
  },
  { ...CANCEL, call: 'POST /api/flows/{id}/cancel', answers: { 200: flow } },
  {
    call: 'POST /api/flows/{id}/retry',
    summary: 'Run failed and cancelled nodes again, and those that did not run because of them',
    body: retryFlowBody,
    answers: { 200: shape({ FlowSummary: 'flow', integer: 'retried' }) },
    errors: ['forbidden', 'not-found', 'not-retryable'],
  },
];
