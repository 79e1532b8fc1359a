import { z } from 'zod';

/** The fields of responses that are used. Endpoints may add others. */
export const remoteFile = z.looseObject({ id: z.string().min(1), filename: z.string().optional() });

export const FINISHED = ['succeeded', 'failed', 'cancelled'] as const;

export const remoteJob = z.looseObject({
  id: z.string().min(1),
  /** validating_files, queued, running, paused, and those of FINISHED */
  status: z.string(),
  model: z.string().nullish(),
  fine_tuned_model: z.string().nullish(),
  training_file: z.string().nullish(),
  trained_tokens: z.number().nullish(),
  estimated_finish: z.number().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  error: z.looseObject({ message: z.string().nullish(), code: z.string().nullish() }).nullish(),
});
export type RemoteJob = z.infer<typeof remoteJob>;

export const remoteEvent = z.looseObject({
  id: z.string().min(1),
  created_at: z.number(),
  level: z.string().catch('info'),
  message: z.string().catch(''),
  data: z.record(z.string(), z.unknown()).nullish(),
});
export type RemoteEvent = z.infer<typeof remoteEvent>;

export const remoteCheckpoint = z.looseObject({
  id: z.string().min(1),
  step_number: z.number(),
  fine_tuned_model_checkpoint: z.string(),
  metrics: z.record(z.string(), z.unknown()).nullish(),
});
export type RemoteCheckpoint = z.infer<typeof remoteCheckpoint>;

export const listOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ data: z.array(item), has_more: z.boolean().nullish() });

/** The endpoint asked to try later, was unreachable, or did not respond: a retry may succeed. */
export class EndpointBusyError extends Error {
  override name = 'EndpointBusyError';
  readonly code = 'fine-tuning-unavailable';

  constructor(
    message: string,
    /** the requested wait in milliseconds; undefined if the endpoint sent none */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The endpoint rejects the call or sends an invalid response: a retry does not help. */
export class EndpointRefusedError extends Error {
  override name = 'EndpointRefusedError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
