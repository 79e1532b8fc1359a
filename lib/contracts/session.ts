import { z } from 'zod';
import { time } from './fields';

const sessionDto = z
  .object({
    id: z.string(),
    current: z.boolean(),
    device: z.string().describe('browser and system, in words'),
    address: z.string().nullable(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Session', description: 'A sign-in of a person.' });
export type SessionDto = z.infer<typeof sessionDto>;

export const sessionList = z.object({ sessions: z.array(sessionDto), nextCursor: z.null() });
export type SessionList = z.infer<typeof sessionList>;
export const sessionAnswer = z.object({ session: sessionDto });
export const endedSessions = z.object({ ended: z.int().min(0) });
