import type { BatchDto } from './batch';
import type { FlowProgressEvent, FlowSummaryDto } from './flow';
import type { JobProgress, JobSummaryDto } from './job';
import type { BatchStatus } from './status';
import type { CapacityDto } from './system';

/** `processing:progress`: one server snapshot, so that the counters always add up. */
export interface BatchProgressEvent {
  batchId: string;
  status: BatchStatus;
  progress: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** children that ended with warnings */
  warned: number;
  active: number;
  pending: number;
  total: number;
  ratePerSecond: number | null;
  etaSeconds: number | null;
}

/** Server-sent events of `GET /api/events`, by name. */
export interface ServerEvents {
  snapshot: { batches: BatchDto[]; jobs?: JobSummaryDto[]; flows?: FlowSummaryDto[]; capacity: CapacityDto };
  'processing:started': { batchId: string; total: number };
  'processing:progress': BatchProgressEvent;
  'job:progress': { jobId: string; batchId: string | null; progress: JobProgress };
  'job-created': { job: JobSummaryDto };
  'job-update': { job: JobSummaryDto };
  'job-completed': { job: JobSummaryDto };
  'job-failed': { job: JobSummaryDto };
  done: {
    batchId: string;
    status: BatchStatus;
    completed: number;
    failed: number;
    cancelled: number;
    warned: number;
    total: number;
  };
  'flow:progress': FlowProgressEvent;
  error: { batchId?: string | undefined; jobId?: string | undefined; message: string };
  capacity: CapacityDto;
}
export type ServerEventName = keyof ServerEvents;

/** One server-sent event with its data. */
export type ServerMessage = { [N in ServerEventName]: { event: N; data: ServerEvents[N] } }[ServerEventName];
