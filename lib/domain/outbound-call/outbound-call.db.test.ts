import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext } from '@/lib/testing/factories';
import { enterHost, forgetCalls, leaveHost } from './enter-host';
import { takeTurn } from './take-turn';

const host = 'api.example.org';

it('spaces turns evenly, whoever asks', async () => {
  const [context, other] = [await createContext(), await createContext()];
  const ask = (who = context) => takeTurn(who, { jobId: randomUUID(), host, ratePerMinute: 6 });
  const waits = (await Promise.all(Array.from({ length: 20 }, () => ask()))).sort((a, b) => a - b);
  // Each wait counts from the moment of its own question: a busy machine asks the last a little later than the first.
  for (const [i, wait] of waits.entries()) expect(Math.abs(wait - (waits[0] ?? 0) - i * 10_000)).toBeLessThan(9000);
  expect(await ask(other)).toBeLessThan(2);
  expect(await takeTurn(context, { jobId: randomUUID(), host: 'other.test', ratePerMinute: 1 })).toBeLessThan(2);
});

it('keeps a turn that is far away for its job', async () => {
  const context = await createContext();
  const [first, second] = [randomUUID(), randomUUID()];
  const ask = (jobId: string) => takeTurn(context, { jobId, host, ratePerMinute: 2 });
  expect(await ask(first)).toBeLessThan(2);
  const wait = await ask(second);
  expect(wait).toBeGreaterThan(29_000);
  expect(await ask(second)).toBeLessThanOrEqual(wait);
  // Asking again took no further turn: the next one is the third, not the fourth.
  expect(await ask(randomUUID())).toBeLessThan(60_001);
  await pool().query(`update outbound_call set due_at = now() - interval '5 seconds' where job_id = $1`, [second]);
  expect(await ask(second)).toBeGreaterThan(80_000);
});

it('lets as many in as there are places', async () => {
  const context = await createContext();
  const enter = (jobId: string, ttlMs = 60_000) => enterHost(context, { jobId, host, concurrency: 3, ttlMs });
  const jobs = Array.from({ length: 10 }, () => randomUUID());
  const entered = await Promise.all(jobs.map((jobId) => enter(jobId)));
  expect(entered.filter(Boolean)).toHaveLength(3);
  const inside = jobs.filter((_, i) => entered[i]);
  // The same job again keeps its place: an attempt after a crash doesn't wait for itself.
  expect(await enter(inside[0] ?? '')).toBe(true);
  expect(await enter(randomUUID())).toBe(false);
  await leaveHost(context, inside[0] ?? '');
  expect(await enter(randomUUID(), 1)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await enter(randomUUID())).toBe(true);
});

it('forgets what nobody came back for', async () => {
  const context = await createContext();
  const jobId = randomUUID();
  await enterHost(context, { jobId, host, concurrency: 1, ttlMs: 1000 });
  await forgetCalls();
  const left = async () => (await pool().query('select 1 from outbound_call where job_id = $1', [jobId])).rowCount;
  expect(await left()).toBe(1);
  await pool().query(`update outbound_call set leased_until = now() - interval '1 hour' where job_id = $1`, [jobId]);
  await forgetCalls();
  expect(await left()).toBe(0);
});
