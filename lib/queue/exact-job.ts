import { Job, type JobJson, type JobProgress } from 'bullmq';
import { parseJson } from '@/lib/contracts/json';

/** A job of BullMQ whose data and result keep the digits that JSON.parse would change. */
export class ExactJob<
  T = unknown,
  R = unknown,
  N extends string = string,
  P extends JobProgress = JobProgress,
> extends Job<T, R, N, P> {
  static override fromJSON<T = unknown, R = unknown, N extends string = string>(
    queue: Parameters<typeof Job.fromJSON>[0],
    json: JobJson,
    jobId?: string,
  ): Job<T, R, N> {
    const job = Job.fromJSON<T, R, N>(queue, json, jobId);
    job.data = exactly(json.data, job.data);
    job.returnvalue = exactly(json.returnvalue, job.returnvalue);
    return job;
  }
}

/** Parses the text again without loss of digits. BullMQ's own value stays if it found no JSON. */
const exactly = <V>(text: unknown, read: V): V =>
  typeof text === 'string' && read !== undefined && text !== '' ? (parseJson(text) as V) : read;
