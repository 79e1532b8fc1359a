import { z } from 'zod';
import { count, time } from './fields';
import { BATCH_STATUSES } from './status';

const finding = z
  .object({
    code: z.enum([
      'counters-differ',
      'not-finished',
      'finished-early',
      'lost-in-queue',
      'holder-gone',
      'never-sealed',
      'fewer-than-announced',
      'no-workers',
      'queue-paused',
      'queue-away',
    ]),
    message: z.string().describe('what was found, with numbers'),
    count: count.describe('rows that it is about'),
    repairable: z.boolean().describe('whether a repair can correct it'),
  })
  .meta({ id: 'Finding', description: 'A fault of a batch.' });
export type Finding = z.infer<typeof finding>;
export type FindingCode = Finding['code'];

/** `GET /api/batches/:id/doctor` */
export const diagnosisDto = z.object({ batchId: z.string(), findings: z.array(finding) }).meta({ id: 'Diagnosis' });
export type DiagnosisDto = z.infer<typeof diagnosisDto>;

/** `POST /api/batches/:id/mend` */
export const repairDto = z
  .object({
    batchId: z.string(),
    recounted: z.boolean(),
    redelivered: count,
    released: count,
    resumed: z.array(z.string()).describe('queues that another client had paused and that run again'),
    remaining: z.array(finding),
  })
  .meta({ id: 'Repair', description: 'What a repair corrected, and what it still found.' });
export type RepairDto = z.infer<typeof repairDto>;

const suspicion = z
  .object({
    code: z.enum([
      'nothing-moves',
      'no-workers',
      'holder-gone',
      'not-finished',
      'never-sealed',
      'not-started',
      'queue-paused',
    ]),
    message: z.string(),
  })
  .meta({ id: 'Suspicion', description: 'Why a batch looks stuck, from a cheap check.' });
export type Suspicion = z.infer<typeof suspicion>;
export type SuspicionCode = Suspicion['code'];

const stuckBatchDto = z
  .object({
    batchId: z.string(),
    name: z.string(),
    type: z.string(),
    status: z.enum(BATCH_STATUSES),
    total: count,
    open: count,
    since: time.describe('when anything of it last changed'),
    reasons: z.array(suspicion),
  })
  .meta({ id: 'StuckBatch' });
export type StuckBatchDto = z.infer<typeof stuckBatchDto>;

const pausedQueueDto = z
  .object({ queue: z.string(), message: z.string() })
  .meta({ id: 'PausedQueue', description: 'A queue that another BullMQ client has paused: nothing of it starts.' });
export type PausedQueueDto = z.infer<typeof pausedQueueDto>;

/** `POST /api/doctor/resume` */
export const resumeQueueBody = z.strictObject({ queue: z.string().min(1).max(100) });
export const pausedQueueList = z.object({ queues: z.array(pausedQueueDto) });
export type PausedQueueList = z.infer<typeof pausedQueueList>;

/** `GET /api/doctor` */
export const doctorDto = z.object({
  batches: z.array(stuckBatchDto).describe('longest stuck first'),
  queues: z.array(pausedQueueDto),
});
export type DoctorDto = z.infer<typeof doctorDto>;
