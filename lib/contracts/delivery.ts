import { z } from 'zod';
import { CHANNEL_KINDS } from './channel';
import { count, nextCursor, time } from './fields';
import { idCursor } from './job-queries';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A receiver that has not answered after this time has not got the message, in seconds. */
export const ANSWER_SECONDS = 15;
/** Waits between tries, in seconds. After the last one the delivery has failed. */
export const RETRY_SECONDS = [5, 20, 60, 300, 1_800, 7_200, 21_600] as const;
/** A channel is switched off when so many deliveries in a row have failed for good. */
export const MAX_FAILURES = 5;
/** How much of an answer is kept, in bytes. */
export const ANSWER_BYTES = 1024;
/** Deliveries are kept for so many days. */
export const DELIVERY_DAYS = 30;

const deliveryTry = z.object({
  at: time,
  status: z.int().nullable().describe('of the answer'),
  error: z.string().nullable(),
  ms: count,
});
export type DeliveryTry = z.infer<typeof deliveryTry>;

export const deliveryDto = z
  .object({
    id: z.string().describe('the header webhook-id; the same in every try'),
    type: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    target: z.string().describe('the name of the channel, or the host of an address that a launch named'),
    channelId: z.string().nullable(),
    ruleId: z.string().nullable().describe('null if a launch named the receiver, and for tests'),
    ownerId: z.string().nullable().describe('the batch, job, flow or schedule that it is about'),
    status: z.enum(DELIVERY_STATUSES),
    count: count.describe('events in this message'),
    attempts: count,
    nextAt: time.nullable().describe('the next try'),
    answer: z
      .object({ status: z.int(), body: z.string().nullable() })
      .nullable()
      .describe('the last answer; its body is cut'),
    error: z.string().nullable().describe('why the last try failed'),
    tries: z.array(deliveryTry).describe('the last ones'),
    data: z.unknown().describe('what the message says'),
    at: time.describe('when it happened'),
    createdAt: time,
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Delivery', description: 'One message to one receiver, and what came of it.' });
export type DeliveryDto = z.infer<typeof deliveryDto>;

export const listDeliveriesQuery = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  channelId: z.string().max(64).optional(),
  ruleId: z.string().max(64).optional(),
  ownerId: z.string().max(64).optional().describe('the id of a batch, job, flow or schedule'),
  type: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idCursor.optional(),
});
export type ListDeliveriesQuery = z.infer<typeof listDeliveriesQuery>;

export const deliveryAnswer = z.object({ delivery: deliveryDto });
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;
export const deliveryList = z.object({ deliveries: z.array(deliveryDto), nextCursor });
export type DeliveryList = z.infer<typeof deliveryList>;
