import { createApiKeyBody } from '@/lib/contracts/api-key';
import { resumeQueueBody } from '@/lib/contracts/doctor';
import { createSecretBody } from '@/lib/contracts/secret';
import { shape, typeOf } from '@/lib/http/openapi/shapes';
import type { Operation } from './operation';

const HEALTH = {
  ...shape({ string: 'status' }),
  properties: { status: { enum: ['ready', 'degraded'] }, parts: typeOf('HealthPart[]') },
};

/** The calls about the product itself: its keys, secrets, events and health. */
export const SYSTEM_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/doctor',
    summary: 'Open batches that look stuck or were never closed, longest first, with the reasons',
    answers: { 200: shape({ 'StuckBatch[]': 'batches', 'PausedQueue[]': 'queues' }) },
  },
  {
    call: 'POST /api/doctor/resume',
    summary: 'Resume a queue that another BullMQ client or a board has paused',
    body: resumeQueueBody,
    answers: { 200: shape({ 'PausedQueue[]': 'queues' }) },
    errors: ['not-found', 'forbidden'],
  },
  {
    call: 'GET /api/events',
    summary: 'Server-sent events: a snapshot, then what changes',
    parameters: {
      batchId: 'only about this batch; repeatable',
      jobId: 'only about this job; repeatable',
      flowId: 'only about this flow; repeatable',
    },
    answers: { 200: 'text/event-stream' },
    errors: ['not-found', 'too-many-streams'],
  },
  { call: 'GET /api/capacity', summary: 'What runs now, over all machines', answers: { 200: typeOf('Capacity') } },
  { call: 'GET /api/viewer', summary: 'Who asks', answers: { 200: typeOf('Viewer') } },
  {
    call: 'GET /api/api-keys',
    summary: 'List API keys',
    answers: { 200: shape({ 'ApiKey[]': 'apiKeys' }) },
    errors: ['forbidden'],
  },
  {
    call: 'POST /api/api-keys',
    summary: 'Create an API key; it is shown once',
    body: createApiKeyBody,
    answers: { 201: shape({ string: 'key', ApiKey: 'apiKey' }) },
    errors: ['forbidden'],
  },
  {
    call: 'DELETE /api/api-keys/{id}',
    summary: 'Revoke an API key',
    answers: { 200: shape({ ApiKey: 'apiKey' }) },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'GET /api/secrets',
    summary: 'List the names of secrets; their values are never given out',
    answers: { 200: shape({ 'Secret[]': 'secrets' }) },
  },
  {
    call: 'POST /api/secrets',
    summary: 'Keep a secret that rows may name as {{secret:NAME}}',
    body: createSecretBody,
    answers: { 201: shape({ Secret: 'secret' }) },
    errors: ['forbidden', 'name-in-use', 'unavailable'],
  },
  {
    call: 'DELETE /api/secrets/{id}',
    summary: 'Forget a secret',
    answers: { 200: shape({ Secret: 'secret' }) },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'GET /metrics',
    summary: 'Metrics for Prometheus; the Bearer may be METRICS_TOKEN',
    answers: { 200: 'text/plain' },
    errors: ['forbidden'],
  },
  { call: 'GET /api/openapi.json', summary: 'This document', answers: { 200: {} } },
  { call: 'GET /api/health/live', summary: 'Whether the process answers', public: true, answers: { 200: {} } },
  {
    call: 'GET /api/health/ready',
    summary: 'Whether work runs: ready, degraded while the queue is away; `parts` for an administrator’s Bearer',
    public: true,
    answers: { 200: HEALTH },
    errors: ['unavailable'],
  },
];
