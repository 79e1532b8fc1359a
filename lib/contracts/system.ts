import { z } from 'zod';
import { count, role, time } from './fields';

const workerDto = z
  .object({ id: z.string(), host: z.string(), processes: count, jobsActive: count, lastSeenAt: time })
  .meta({ id: 'Worker' });
export type WorkerDto = z.infer<typeof workerDto>;

/** The current load of all machines: `GET /api/capacity`. */
export const capacityDto = z
  .object({
    runningBatches: z
      .array(z.string())
      .describe('ids of the batches that hold a slot: your own; those of all organizations for a system administrator'),
    activeBatches: count.describe('batches that hold a slot, of all organizations'),
    maxBatches: count,
    canStart: z.boolean().describe('whether a launch of your organization would start now'),
    isShuttingDown: z.boolean(),
    workers: z.array(workerDto),
    paused: z.boolean().describe('everything of your organization is paused: launches are accepted, and wait'),
    pause: z
      .object({
        since: time,
        by: z.string().nullable().describe('who paused it; null for a system administrator'),
        everywhere: z.boolean().describe('all organizations are paused'),
      })
      .nullable(),
    queueAwaySince: time
      .nullable()
      .describe('the queue has been out of reach since then: launches are stored, and start when it is back'),
    jobTypesChangedAt: z.string().nullable().describe('changes when a worker announces other own job types'),
  })
  .meta({ id: 'Capacity' });
export type CapacityDto = z.infer<typeof capacityDto>;

export const viewerDto = z
  .object({
    name: z.string(),
    email: z.string().nullable(),
    role,
    seesPayloads: z.boolean(),
    systemAdmin: z.boolean(),
    organization: z.object({ id: z.string(), name: z.string() }),
  })
  .meta({ id: 'Viewer', description: 'Who sent the request.' });
export type ViewerDto = z.infer<typeof viewerDto>;
