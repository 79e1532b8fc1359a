import type { MessageData } from './notification-events';
import { type Message, messageOf } from './notification-message';

/** Limits of the services, with room to spare. */
const TITLE_LENGTH = 250;
const TEXT_LENGTH = 2800;

const COLORS: Record<Message['tone'], number> = { good: 0x2e8b57, bad: 0xc0392b, warning: 0xb7791f, neutral: 0x5b6472 };
const CARD_COLORS: Record<Message['tone'], string> = {
  good: 'Good',
  bad: 'Attention',
  warning: 'Warning',
  neutral: 'Default',
};

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A name that somebody gave must not become a link, a mention or markup. */
const forSlack = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const forMarkdown = (text: string): string => text.replace(/([\\`*_~|[\]()<>#>@])/g, '\\$1');

/** The body for a Slack incoming webhook. `text` is what notifications and screen readers say. */
function slackBody(message: Message): object {
  const title = forSlack(cut(message.title, TITLE_LENGTH));
  const head = message.link ? `<${message.link}|${title}>` : `*${title}*`;
  const text = [head, ...message.lines.map(forSlack)].join('\n');
  return { text: title, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: cut(text, TEXT_LENGTH) } }] };
}

/** The body for a Discord webhook. Nobody is mentioned, whatever a name says. */
const discordBody = (message: Message): object => ({
  embeds: [
    {
      title: forMarkdown(cut(message.title, TITLE_LENGTH / 2)),
      description: cut(message.lines.map(forMarkdown).join('\n'), TEXT_LENGTH),
      color: COLORS[message.tone],
      ...(message.link ? { url: message.link } : {}),
    },
  ],
  allowed_mentions: { parse: [] },
});

/** The body for a webhook of Teams Workflows: an Adaptive Card. */
const teamsBody = (message: Message): object => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          {
            type: 'TextBlock',
            text: forMarkdown(cut(message.title, TITLE_LENGTH)),
            weight: 'Bolder',
            size: 'Medium',
            color: CARD_COLORS[message.tone],
            wrap: true,
          },
          ...message.lines.map((line) => ({ type: 'TextBlock', text: forMarkdown(cut(line, 500)), wrap: true })),
        ],
        ...(message.link
          ? { actions: [{ type: 'Action.OpenUrl', title: 'Open in Batchyard', url: message.link }] }
          : {}),
      },
    },
  ],
});

/** Subject and text of a mail. */
export function mailOf(type: string, data: MessageData, count: number): { subject: string; text: string } {
  const message = messageOf(type, data, count);
  const lines = [message.title, '', ...message.lines, ...(message.link ? ['', message.link] : [])];
  return { subject: cut(message.title, TITLE_LENGTH), text: `${lines.join('\n')}\n` };
}

/** The JSON body of a message for a channel of a kind. That of a webhook is the event itself, in the form of Standard Webhooks. */
export function bodyOf(
  kind: string,
  { type, at, data, count }: { type: string; at: string; data: MessageData; count: number },
): object {
  if (kind === 'webhook') return { type, timestamp: at, data: count > 1 ? { ...data, count } : data };
  const message = messageOf(type, data, count);
  if (kind === 'slack') return slackBody(message);
  return kind === 'discord' ? discordBody(message) : teamsBody(message);
}
