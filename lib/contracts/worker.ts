import { z } from 'zod';
import { count, time } from './fields';

/** Most jobs that are listed of one consumer. */
export const MAX_ACTIVE_LISTED = 20;

const consumerDto = z.object({
  id: z.string(),
  pid: z.int().nullable(),
  startedAt: time,
  memoryBytes: count.describe('resident memory, a second ago; 0 before it was measured'),
  cpuPercent: z.number().describe('of one processor, over the last second'),
  activeCount: count.describe('jobs that it runs, of all organizations'),
  active: z
    .array(z.object({ jobId: z.string(), type: z.string(), sinceMs: z.number() }))
    .describe(`jobs of the organization that it runs, the longest first, at most ${MAX_ACTIVE_LISTED}`),
});
export type ConsumerDto = z.infer<typeof consumerDto>;

export const NODE_STATES = ['running', 'draining', 'drained', 'stopping'] as const;

export const nodeDto = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    version: z.string().describe('of the product'),
    jobsHash: z.string().nullable().describe('of its folder of jobs; equal folders have equal ones'),
    state: z
      .enum(NODE_STATES)
      .describe(
        'draining = it takes no more work and ends what runs; drained = nothing runs any more; stopping = it is being shut down',
      ),
    startedAt: time,
    lastSeenAt: time,
    drainRequestedAt: time.nullable(),
    drainingAt: time.nullable().describe('when its supervisor acknowledged the request, within a second or two'),
    ownTypes: z.record(z.string(), z.string()).describe('the own types that it has, with their versions'),
    consumers: z.array(consumerDto),
  })
  .meta({ id: 'WorkerNode', description: 'A live machine: its supervisor, and the consumers that run jobs.' });
export type NodeDto = z.infer<typeof nodeDto>;

/** `GET /api/workers` */
export const nodeList = z.object({ nodes: z.array(nodeDto) });
export type NodeList = z.infer<typeof nodeList>;
export const nodeAnswer = z.object({ node: nodeDto });
export type NodeAnswer = z.infer<typeof nodeAnswer>;
