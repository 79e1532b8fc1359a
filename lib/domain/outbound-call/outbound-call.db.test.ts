import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext } from '@/lib/testing/factories';
import { enterHost, forgetCalls, leaveHost } from './enter-host';
import { takeTurn } from './take-turn';

const host = 'api.example.org';

it('spaces permits evenly for all callers', async () => {
  const [context, other] = [await createContext(), await createContext()];
  const ask = (who = context) => takeTurn(who, { jobId: randomUUID(), host, ratePerMinute: 6 });
  await Promise.all(Array.from({ length: 20 }, () => ask()));
  const { rows } = await pool().query<{ gap: number }>(
    `select extract(epoch from due_at - lag(due_at) over (order by due_at))::int as gap from outbound_call
      where organization_id = $1`,
    [context.organizationId],
  );
  // The first turn is near, so it is not stored.
  expect(rows.map(({ gap }) => gap)).toEqual([null, ...Array.from({ length: 18 }, () => 10)]);
  expect(await ask(other)).toBeLessThan(2);
  expect(await takeTurn(context, { jobId: randomUUID(), host: 'other.test', ratePerMinute: 1 })).toBeLessThan(2);
});

it('reserves a distant permit for its job', async () => {
  const context = await createContext();
  const [first, second] = [randomUUID(), randomUUID()];
  const ask = (jobId: string) => takeTurn(context, { jobId, host, ratePerMinute: 2 });
  const dueAt = async (jobId: string) => {
    const { rows } = await pool().query<{ at: Date }>('select due_at as at from outbound_call where job_id = $1', [
      jobId,
    ]);
    return rows[0]?.at.getTime() ?? Number.NaN;
  };
  expect(await ask(first)).toBeLessThan(2);
  const wait = await ask(second);
  const due = await dueAt(second);
  expect(await ask(second)).toBeLessThanOrEqual(wait);
  expect(await dueAt(second)).toBe(due);
  // The repeated request took no new turn: the next turn is the third, half a minute after the second.
  const third = randomUUID();
  await ask(third);
  expect(await dueAt(third)).toBe(due + 30_000);
  // A missed turn is lost: the job gets the turn after the third.
  await pool().query(`update outbound_call set due_at = now() - interval '5 seconds' where job_id = $1`, [second]);
  await ask(second);
  expect(await dueAt(second)).toBe(due + 60_000);
});

it('admits as many callers as there are permits', async () => {
  const context = await createContext();
  const enter = (jobId: string, ttlMs = 60_000) => enterHost(context, { jobId, host, concurrency: 3, ttlMs });
  const jobs = Array.from({ length: 10 }, () => randomUUID());
  const entered = await Promise.all(jobs.map((jobId) => enter(jobId)));
  expect(entered.filter(Boolean)).toHaveLength(3);
  const inside = jobs.filter((_, i) => entered[i]);
  // The same job keeps its permit: an attempt after a crash does not wait for the permit of its own job.
  expect(await enter(inside[0] ?? '')).toBe(true);
  expect(await enter(randomUUID())).toBe(false);
  await leaveHost(context, inside[0] ?? '');
  const last = randomUUID();
  expect(await enter(last)).toBe(true);
  await pool().query(`update outbound_call set leased_until = now() - interval '1 second' where job_id = $1`, [last]);
  expect(await enter(randomUUID())).toBe(true);
});

it('forgets permits that nobody used', async () => {
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
