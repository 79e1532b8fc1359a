import { z } from 'zod';
import type { BatchStatus } from './status';

/** What can be wrong with a batch, and how sure that is. */
export type FindingCode =
  | 'counters-differ'
  | 'not-finished'
  | 'finished-early'
  | 'lost-in-queue'
  | 'holder-gone'
  | 'never-sealed'
  | 'fewer-than-announced'
  | 'no-workers'
  | 'queue-paused'
  | 'queue-away';

export interface Finding {
  code: FindingCode;
  /** what is so, with numbers */
  message: string;
  /** rows concerned */
  count: number;
  /** whether mending can put it right */
  mendable: boolean;
}

/** `GET /api/batches/:id/doctor` */
export interface DiagnosisDto {
  batchId: string;
  findings: Finding[];
}

/** `POST /api/batches/:id/mend`: what was put right, and what is still found. */
export interface MendedDto {
  batchId: string;
  recounted: boolean;
  redelivered: number;
  released: number;
  /** queues that another client had paused, and that go on */
  resumed: string[];
  remaining: Finding[];
}

/** Why a batch looks stuck, from a look that costs little. */
export type SuspicionCode =
  | 'nothing-moves'
  | 'no-workers'
  | 'holder-gone'
  | 'not-finished'
  | 'never-sealed'
  | 'not-started'
  | 'queue-paused';

export interface Suspicion {
  code: SuspicionCode;
  message: string;
}

/** A row of `GET /api/doctor`, longest stuck first. */
export interface StuckBatchDto {
  batchId: string;
  name: string;
  type: string;
  status: BatchStatus;
  total: number;
  open: number;
  /** when anything last moved */
  since: string;
  reasons: Suspicion[];
}

/** A queue that another BullMQ client, or a board, has paused: nothing of it starts. `POST /api/doctor/resume` */
export interface PausedQueueDto {
  queue: string;
  message: string;
}

export const resumeQueueBody = z.strictObject({ queue: z.string().min(1).max(100) });
