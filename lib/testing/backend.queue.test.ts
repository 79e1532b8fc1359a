import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { publishChanges, subscribe } from '@/lib/events/relay';
import { backend } from './backend';
import { until } from './until';

test('the run has its own backend, and events travel through it', async () => {
  expect(backend()).toBe(env().REDIS_URL ? 'redis' : 'postgres');
  const seen: string[] = [];
  const stop = await subscribe('changes', (message) => {
    seen.push(...message.batches);
  });
  const id = randomUUID();
  await publishChanges({ batches: [id] });
  await until('the event has come', () => seen.includes(id));
  await stop();
});
