import { z } from 'zod';
import { attentionList } from '@/lib/contracts/attention';
import { doctorDto, pausedQueueList, resumeQueueBody } from '@/lib/contracts/doctor';
import { serverEvents } from '@/lib/contracts/events';
import { healthDto, liveness } from '@/lib/contracts/health';
import { pauseAllAnswer, pauseAllBody } from '@/lib/contracts/steering';
import { capacityDto } from '@/lib/contracts/system';
import { nodeAnswer, nodeList } from '@/lib/contracts/worker';
import type { Operation } from './operation';

/** The calls about the product itself: capacity, events, health and diagnosis. */
export const SYSTEM_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/attention',
    id: 'listAttention',
    tag: 'System',
    summary: 'List everything that needs a person, worst first, with the calls that the caller may make about it',
    answers: { 200: attentionList },
  },
  {
    call: 'GET /api/doctor',
    id: 'listStuckBatches',
    tag: 'System',
    summary: 'List open batches that look stuck or were never sealed, longest first, with the reasons',
    answers: { 200: doctorDto },
  },
  {
    call: 'POST /api/doctor/resume',
    id: 'resumeQueue',
    tag: 'System',
    summary: 'Resume a queue that another BullMQ client or a board has paused',
    body: resumeQueueBody,
    example: { queue: 'diagnostic' },
    answers: { 200: pausedQueueList },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/events',
    id: 'openEvents',
    tag: 'System',
    summary: 'Open a stream of server-sent events: a snapshot, then the changes',
    parameters: {
      batchId: 'only about this batch; repeatable',
      jobId: 'only about this job; repeatable',
      flowId: 'only about this flow; repeatable',
    },
    answers: { 200: { events: serverEvents } },
    errors: ['invalid-request', 'not-found', 'too-many-streams'],
  },
  {
    call: 'GET /api/capacity',
    id: 'getCapacity',
    tag: 'System',
    summary: 'Get what runs now, over all machines',
    answers: { 200: capacityDto },
  },
  {
    call: 'GET /api/workers',
    id: 'listWorkers',
    tag: 'System',
    summary: 'List the live machines: their versions and own types, and what each consumer is doing now',
    answers: { 200: nodeList },
  },
  {
    call: 'POST /api/workers/{id}/drain',
    id: 'drainWorker',
    tag: 'System',
    summary: 'Let a machine take no more work: it ends what runs, and stays visible as draining, then drained',
    answers: { 200: nodeAnswer },
    errors: ['not-found', 'forbidden'],
  },
  {
    call: 'POST /api/workers/{id}/resume',
    id: 'resumeWorker',
    tag: 'System',
    summary: 'Let a machine that drains, or has drained, take work again',
    answers: { 200: nodeAnswer },
    errors: ['not-found', 'forbidden'],
  },
  {
    call: 'POST /api/pause-all',
    id: 'pauseAll',
    tag: 'System',
    summary: 'Pause everything of the organization: launches are accepted and wait, and what runs ends',
    body: pauseAllBody,
    example: {},
    answers: { 200: pauseAllAnswer },
    errors: ['forbidden'],
  },
  {
    call: 'POST /api/resume-all',
    id: 'resumeAll',
    tag: 'System',
    summary: 'Resume everything; a batch that was paused by itself stays paused',
    body: pauseAllBody,
    example: {},
    answers: { 200: pauseAllAnswer },
    errors: ['forbidden'],
  },
  {
    call: 'GET /metrics',
    id: 'getMetrics',
    tag: 'System',
    summary: 'Get metrics for Prometheus; the Bearer may be METRICS_TOKEN',
    answers: { 200: ['text/plain'] },
    errors: ['forbidden'],
  },
  {
    call: 'GET /api/openapi.json',
    id: 'getOpenApi',
    tag: 'System',
    summary: 'Get this document',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
  {
    call: 'GET /api/health/live',
    id: 'getLiveness',
    tag: 'System',
    summary: 'Check that the process answers',
    public: true,
    answers: { 200: liveness },
  },
  {
    call: 'GET /api/health/ready',
    id: 'getReadiness',
    tag: 'System',
    summary: 'Check that work runs: ready, or degraded while the queue is away',
    public: true,
    answers: { 200: healthDto },
  },
];
