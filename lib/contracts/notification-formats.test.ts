import { expect, test } from 'vitest';
import { exampleData, NOTIFICATION_EVENT_TYPES } from './notification-events';
import { bodyOf, mailOf } from './notification-formats';
import { messageOf } from './notification-message';

const at = '2026-01-01T00:00:00.000Z';
const HOSTILE = 'a <!channel> @everyone [x](http://evil.test) **b** & `c`';

test.each(NOTIFICATION_EVENT_TYPES)('%s is told in words', (type) => {
  const message = messageOf(type, exampleData(type));
  expect(message.title).not.toContain(type);
  expect(message.title).not.toMatch(/undefined|\?/);
  expect(mailOf(type, exampleData(type), 1).text).toContain(message.title);
});

test('a name is no markup, no mention and no link, whatever the service', () => {
  const data = { ...exampleData('batch.failed'), name: HOSTILE };
  const message = { type: 'batch.failed', at, data, count: 1 };
  const slack = JSON.stringify(bodyOf('slack', message));
  expect(slack).not.toContain('<!channel>');
  expect(slack).toContain('&lt;!channel&gt;');
  const discord = bodyOf('discord', message);
  expect(discord).toMatchObject({ allowed_mentions: { parse: [] } });
  for (const body of [discord, bodyOf('teams', message)]) {
    expect(JSON.stringify(body)).not.toContain('[x](http');
    expect(JSON.stringify(body)).toContain('\\\\[x\\\\]');
  }
});

test('one message for many events says how many, and names the first', () => {
  const events = Array.from({ length: 20 }, (_, i) => ({ name: `batch ${i}`, status: 'failed' }));
  const { title, lines } = messageOf('batch.failed', { ...events[0], events }, 57);
  expect(title).toBe('57 × a batch failed');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe('batch 0 failed');
  expect(lines.at(-1)).toBe('and 47 more');
  expect(bodyOf('webhook', { type: 'batch.failed', at, data: { events }, count: 57 })).toEqual({
    type: 'batch.failed',
    timestamp: at,
    data: { events, count: 57 },
  });
});

test('long texts stay below the limits of the services', () => {
  const data = { name: 'n'.repeat(5_000), why: 'w'.repeat(10_000) };
  const discord = bodyOf('discord', { type: 'batch.stuck', at, data, count: 1 }) as {
    embeds: { title: string; description: string }[];
  };
  expect(discord.embeds[0]?.title.length).toBeLessThanOrEqual(256);
  expect(discord.embeds[0]?.description.length).toBeLessThanOrEqual(4096);
  expect(mailOf('batch.stuck', data, 1).subject.length).toBeLessThanOrEqual(250);
});
