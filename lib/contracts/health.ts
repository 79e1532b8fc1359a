import { z } from 'zod';

/** Free disk space in MB, below which uploads and the embedded Postgres may soon fail. */
export const LITTLE_MB = 200;

export const HEALTH_PARTS = ['database', 'queue', 'events', 'workers', 'storage'] as const;

const healthPart = z
  .object({
    part: z.enum(HEALTH_PARTS),
    ok: z.boolean(),
    detail: z.string().describe('what is wrong, or what was found'),
  })
  .meta({ id: 'HealthPart' });
export type HealthPart = z.infer<typeof healthPart>;

export const healthDto = z
  .object({
    status: z
      .enum(['ready', 'degraded'])
      .describe('degraded: the queue is away; what is launched starts when it is back'),
    parts: z.array(healthPart).exactOptional().describe('only for an administrator’s Bearer'),
  })
  .meta({ id: 'Health' });
export type HealthDto = z.infer<typeof healthDto>;

export const liveness = z.object({ status: z.literal('live') });

/** The queue is unavailable, and since when. */
export interface DegradedDto {
  since: string;
}
