import type { ChannelKind } from '@/lib/contracts/channel';

/** The kinds of channels in words, and what their address is. */
export const KINDS: Record<ChannelKind, { word: string; address: string; hint: string }> = {
  webhook: {
    word: 'Webhook',
    address: 'Address',
    hint: 'Gets signed JSON (Standard Webhooks), such as https://hooks.example.org/batchyard',
  },
  email: { word: 'E-mail', address: 'Recipients', hint: 'Addresses, separated by commas' },
  slack: { word: 'Slack', address: 'Webhook of the channel', hint: 'From the Slack app “Incoming Webhooks”' },
  discord: { word: 'Discord', address: 'Webhook of the channel', hint: 'Channel settings, Integrations, Webhooks' },
  teams: {
    word: 'Teams',
    address: 'Webhook of the workflow',
    hint: 'From the Teams workflow that posts to a channel when a webhook request is received',
  },
};
