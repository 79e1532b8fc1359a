import { z } from 'zod';
import { batchDto } from './batch';
import { count } from './fields';
import { flowSummaryDto } from './flow';
import { jobProgress, jobSummaryDto } from './job';
import type { JobStatus } from './status';
import { capacityDto } from './system';

/*
 * All events of the product. Processes exchange `Changes`, which list the changed rows. The web process reads these
 * rows and sends `serverEvents`. lib/client/live/event-rules.ts defines what the browser refetches after each event.
 */

/** The change of one job, small enough to send many in one message. */
export interface JobChange {
  jobId: string;
  batchId: string | null;
  /** only for a node of a flow */
  flowId?: string | null;
  status: JobStatus;
}

/**
 * The rows that changed within some milliseconds. The message is a hint: receivers read the rows. They also poll,
 * because a message can be lost.
 */
export interface Changes {
  /** batches that started to run */
  started: string[];
  /** batches whose counters changed */
  batches: string[];
  /** batches that finished */
  done: string[];
  /** flows whose nodes changed */
  flows: string[];
  /** jobs that changed; a sample when there are many */
  jobs: JobChange[];
  /** jobs that were created one by one */
  created: string[];
  progress: { jobId: string; batchId: string | null; progress: z.infer<typeof jobProgress> }[];
  errors: { batchId?: string | undefined; jobId?: string | undefined; message: string }[];
  /** whether slots were acquired or released, or workers started or stopped */
  capacity: boolean;
}

export const noChanges = (): Changes => ({
  started: [],
  batches: [],
  done: [],
  flows: [],
  jobs: [],
  created: [],
  progress: [],
  errors: [],
  capacity: false,
});

const ofBatch = { batchId: z.string() };
const counters = { completed: true, failed: true, cancelled: true, warned: true, total: true } as const;
const jobEvent = z.object({ job: jobSummaryDto });

/** The server-sent events of `GET /api/events`, by name. */
export const serverEvents = {
  snapshot: z
    .object({
      batches: z.array(batchDto),
      jobs: z.array(jobSummaryDto).exactOptional().describe('those that the filter names'),
      flows: z.array(flowSummaryDto).exactOptional().describe('those that the filter names'),
      capacity: capacityDto,
    })
    .describe('the first event, and the one after the client fell behind'),
  'processing:started': z.object({ ...ofBatch, total: count }),
  'processing:progress': batchDto
    .pick({
      status: true,
      progress: true,
      ...counters,
      active: true,
      pending: true,
      ratePerSecond: true,
      etaSeconds: true,
    })
    .extend(ofBatch)
    .extend({
      costs: batchDto.shape.costs.exactOptional().describe('only if there are any'),
      run: batchDto.shape.run.exactOptional(),
      paused: batchDto.shape.paused.exactOptional(),
      cancelMode: batchDto.shape.cancelMode.exactOptional(),
    })
    .describe('one snapshot of the row, so that the counters always add up'),
  'job:progress': z.object({ jobId: z.string(), batchId: z.string().nullable(), progress: jobProgress }),
  'job-created': jobEvent,
  'job-update': jobEvent,
  'job-completed': jobEvent,
  'job-failed': jobEvent,
  done: batchDto
    .pick({ status: true, ...counters })
    .extend(ofBatch)
    .describe('a batch finished'),
  'flow:progress': flowSummaryDto
    .pick({ status: true, total: true, counts: true, progress: true, finishedAt: true })
    .extend({ flowId: z.string() }),
  error: z.object({ batchId: z.string().optional(), jobId: z.string().optional(), message: z.string() }),
  capacity: capacityDto,
};

export type ServerEventName = keyof typeof serverEvents;
export type ServerEvents = { [Name in ServerEventName]: z.infer<(typeof serverEvents)[Name]> };
export type BatchProgressEvent = ServerEvents['processing:progress'];
export type FlowProgressEvent = ServerEvents['flow:progress'];

/** One server-sent event with its data. */
export type ServerMessage = { [Name in ServerEventName]: { event: Name; data: ServerEvents[Name] } }[ServerEventName];
