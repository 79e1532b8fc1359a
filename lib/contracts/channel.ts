import { z } from 'zod';
import { nextCursor, time } from './fields';
import { name, text } from './text';

export const CHANNEL_KINDS = ['email', 'slack', 'discord', 'teams', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Channels of one organization. */
export const MAX_CHANNELS = 100;
const MAX_RECIPIENTS = 20;

/** The first part of a secret for signatures, as Standard Webhooks has it. */
export const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = { min: 16, max: 64 };

const bytesIn = (base64: string): number => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);

export const webhookSecret = z
  .string()
  .max(200)
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'must be whsec_ and a key in Base64')
  .refine((secret) => {
    const bytes = bytesIn(secret.slice(SECRET_PREFIX.length));
    return bytes >= SECRET_BYTES.min && bytes <= SECRET_BYTES.max;
  }, `must hold a key of ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes`);

export const webhookUrl = text(2000).regex(/^https?:\/\//i, 'must be an http or https address');

const chatConfig = z.strictObject({ url: webhookUrl.describe('the address that the service gave for this channel') });
const webhookConfig = z.strictObject({
  url: webhookUrl,
  secret: webhookSecret.optional().describe('signs the messages; made and shown once, if absent'),
});
const emailConfig = z
  .strictObject({
    to: z.array(z.email().max(254)).max(MAX_RECIPIENTS).default([]),
    memberIds: z.array(text(100)).max(MAX_RECIPIENTS).default([]).describe('members of the organization, by `id`'),
  })
  .refine(({ to, memberIds }) => to.length + memberIds.length > 0, { message: 'names no recipient', path: ['to'] })
  .refine(({ to, memberIds }) => to.length + memberIds.length <= MAX_RECIPIENTS, {
    message: `may name ${MAX_RECIPIENTS} recipients at most`,
    path: ['to'],
  });

export const CHANNEL_CONFIGS = {
  email: emailConfig,
  slack: chatConfig,
  discord: chatConfig,
  teams: chatConfig,
  webhook: webhookConfig,
} as const;

/** The configuration of any kind. It is stored encrypted. */
export interface ChannelConfig {
  url?: string | undefined;
  secret?: string | undefined;
  to?: string[] | undefined;
  memberIds?: string[] | undefined;
}

const named = { name: name(80) };
export const createChannelBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), ...named, config: emailConfig }),
  z.strictObject({ kind: z.literal('slack'), ...named, config: chatConfig }),
  z.strictObject({ kind: z.literal('discord'), ...named, config: chatConfig }),
  z.strictObject({ kind: z.literal('teams'), ...named, config: chatConfig }),
  z.strictObject({ kind: z.literal('webhook'), ...named, config: webhookConfig }),
]);
export type CreateChannelBody = z.infer<typeof createChannelBody>;

/** Its kind stays. A webhook whose new configuration has no secret keeps its own. */
export const updateChannelBody = z.strictObject({
  name: name(80).optional(),
  config: z.looseObject({}).optional().describe('a whole configuration of its kind'),
  enabled: z.boolean().optional().describe('true also switches on what was switched off after failures'),
});
export type UpdateChannelBody = z.infer<typeof updateChannelBody>;

export const channelDto = z
  .object({
    id: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    name: z.string(),
    config: z
      .object({
        url: z.string().exactOptional().describe('without what is secret in it'),
        to: z.array(z.string()).exactOptional(),
        memberIds: z.array(z.string()).exactOptional(),
      })
      .describe('without secrets'),
    enabled: z.boolean(),
    disabledAt: time.nullable(),
    disabledWhy: z.string().nullable().describe('null if it was switched off by hand'),
    failures: z.int().describe('deliveries that failed for good since the last one that arrived'),
    deliveredAt: time.nullable().describe('when the last message arrived'),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Channel', description: 'Where messages go.' });
export type ChannelDto = z.infer<typeof channelDto>;

export const channelAnswer = z.object({ channel: channelDto });
export type ChannelAnswer = z.infer<typeof channelAnswer>;
export const createdChannel = channelAnswer.extend({
  secret: z.string().exactOptional().describe('of a webhook whose secret was made; it is not shown again'),
});
export type CreatedChannel = z.infer<typeof createdChannel>;
export const channelList = z.object({ channels: z.array(channelDto), nextCursor });
export type ChannelList = z.infer<typeof channelList>;

export const signingSecretAnswer = z.object({
  secret: z.string().describe('signs messages to addresses that a launch names without a secret; not shown again'),
});
export type SigningSecretAnswer = z.infer<typeof signingSecretAnswer>;

/** Receivers that one launch can name. */
const MAX_TARGETS = 10;

export const notifyTarget = z.union([
  z.strictObject({ channelId: text(100) }),
  z.strictObject({
    url: webhookUrl,
    secret: webhookSecret.optional().describe('signs the message; without one the organization’s own does'),
  }),
]);
export type NotifyTarget = z.infer<typeof notifyTarget>;

export const notifySchema = z
  .array(notifyTarget)
  .max(MAX_TARGETS)
  .describe('who is told once it has ended, whatever the end (docs/notifications.md)');
