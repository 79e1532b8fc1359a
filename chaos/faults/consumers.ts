import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from '@/chaos/fault';
import { kill } from '@/chaos/fault';
import type { Caught } from '@/chaos/traps';
import { pool } from '@/lib/db/pool';
import { queueOf } from '@/lib/queue/queues';
import { until } from '@/lib/testing/until';

/** Returns live consumers, those with assigned rows first. */
async function consumers(): Promise<{ pid: number; held: number }[]> {
  const { rows } = await pool().query<{ pid: number; held: number }>(
    `select c.pid, count(j.id)::int as held from consumer c
       left join in_flight j on j.consumer_id = c.id and j.status = 'active'
     where c.ended_at is null and c.pid is not null group by c.id order by held desc`,
  );
  return rows;
}

/** Returns the rows that the database assigns to a consumer, with their attempts. */
async function heldBy(pid: number): Promise<{ id: string; attempt: number }[]> {
  const { rows } = await pool().query<{ id: string; attempt: number }>(
    `select j.id, j.attempt from job j join consumer c on c.id = j.consumer_id
     where c.pid = $1 and c.ended_at is null and j.status = 'active'`,
    [pid],
  );
  return rows;
}

/** A kill counts only if the consumer had assigned rows at that moment. */
async function killAtWork(scene: Scene, times: number): Promise<number> {
  let count = 0;
  while (count < times && (await scene.busy())) {
    const [victim] = await consumers();
    if (victim && victim.held > 0 && kill(victim.pid)) {
      count += 1;
      await sleep(500);
    } else await sleep(20);
  }
  return count;
}

/** The process died at the intended moment: outcomes are recorded, and the delivery is not acknowledged. */
async function proveBetween({ queueName, deliveryId, jobIds }: Caught): Promise<void> {
  const { rows } = await pool().query(
    `select 1 from job where id = any($1::uuid[]) and attempts_made = 0 and outcome is null`,
    [jobIds],
  );
  if (rows.length > 0) throw new Error(`${rows.length} outcomes were not recorded before the acknowledgement`);
  const state = await queueOf(queueName).getJobState(deliveryId);
  if (state !== 'active') throw new Error(`the delivery was ${state}, so it had been acknowledged`);
}

/** Returns the rows of which a newer attempt runs. */
async function countTakenOver(held: { id: string; attempt: number }[]): Promise<number> {
  const { rows } = await pool().query(
    `select 1 from job j join unnest($1::uuid[], $2::int[]) as h(id, attempt) on j.id = h.id
     where j.attempt > h.attempt and j.status = 'active'`,
    [held.map((h) => h.id), held.map((h) => h.attempt)],
  );
  return rows.length;
}

/** Work that takes longer than an event loop is blocked. */
const LONG = Array.from({ length: 24 }, () => ({ durationMs: 25_000 }));

/** Blocks the event loop of a consumer that runs long work. */
async function block(scene: Scene): Promise<{ pid: number; held: { id: string; attempt: number }[] }> {
  const long = await scene.feed(LONG);
  await until('every long job runs', async () => {
    const { rows } = await pool().query('select 1 from job where batch_id = $1 and status <> $2', [long, 'active']);
    return rows.length === 0;
  });
  const caught = scene.installation.traps.spring('block');
  // The trap catches the next consumer that acknowledges, so a delivery must be acknowledged.
  await scene.feed(Array.from({ length: 50 }, () => ({ durationMs: 5 })));
  const { pid } = await caught;
  const held = await heldBy(pid);
  if (held.length === 0) throw new Error('the blocked consumer held nothing');
  return { pid, held };
}

/** Sets a trap and feeds work until a consumer died in it. */
async function dieIn(scene: Scene, trap: 'die' | 'die-with-bundle'): Promise<Caught> {
  let isCaught = false;
  const caught = scene.installation.traps.spring(trap).finally(() => {
    isCaught = true;
  });
  const feed = async () => {
    while (!isCaught) {
      // Chains run most rows of a small batch. Where no slot is free they give way to new deliveries, which are bundled.
      const fed = await (trap === 'die'
        ? scene.feed(Array(100).fill({ durationMs: 5 }), { concurrency: 300 })
        : scene.feed(Array(8000).fill({})));
      // A busy machine is too slow for bundles, so the batch is estimated as fast until one was caught.
      while (!isCaught && (await scene.busy())) {
        if (trap === 'die-with-bundle')
          await pool().query('update batch set rate_per_second = 5000, rate_at = now() where id = $1', [fed]);
        await sleep(100);
      }
    }
  };
  const [death] = await Promise.all([caught, feed()]);
  return death;
}

export const CONSUMER_FAULTS: Fault[] = [
  {
    name: 'a consumer is killed at work, three times',
    short: true,
    strike: (scene) => killAtWork(scene, 3),
  },
  {
    name: 'consumers are killed again and again',
    async strike(scene) {
      let count = 0;
      for (let i = 0; i < 12; i += 1) {
        for (const { pid } of await consumers()) if (kill(pid)) count += 1;
        await sleep(400);
        if (!(await scene.busy())) await scene.feed(Array.from({ length: 200 }, () => ({ durationMs: 20 })));
      }
      return count;
    },
  },
  {
    name: 'death between record and acknowledgement',
    short: true,
    async strike(scene) {
      let count = 0;
      for (const trap of ['die', 'die-with-bundle', 'die', 'die-with-bundle'] as const) {
        await proveBetween(await dieIn(scene, trap));
        count += 1;
      }
      return count;
    },
  },
  {
    name: 'event loop blocked until its locks run out',
    async strike(scene) {
      const { pid, held } = await block(scene);
      try {
        // Another consumer receives the deliveries and claims the rows. The blocked one is not notified.
        await until('another consumer runs what the blocked one holds', async () => (await countTakenOver(held)) > 0);
        const takenOver = await countTakenOver(held);
        if (!(await consumers()).some((c) => c.pid === pid)) throw new Error('the blocked consumer was ended before');
        return takenOver;
      } finally {
        // Its stale attempts end while newer ones run, and must not count.
        await scene.installation.traps.release();
      }
    },
  },
  {
    name: 'event loop blocked until its supervisor ends it',
    async strike(scene) {
      const { pid } = await block(scene);
      await until('it is ended', async () => !(await consumers()).some((c) => c.pid === pid));
      await scene.installation.traps.release();
      return 1;
    },
  },
];

export const PROCESS_FAULTS: Fault[] = [
  {
    name: 'the supervisor is killed',
    async strike({ installation }) {
      const gone = once(installation.workers, 'exit');
      installation.workers.kill('SIGKILL');
      const [, signal] = await gone;
      installation.startWorkers();
      return signal === 'SIGKILL' ? 1 : 0;
    },
  },
  {
    name: 'the supervisor stops on request and starts again',
    async strike({ installation }) {
      const gone = once(installation.workers, 'exit');
      installation.workers.kill('SIGTERM');
      const [code] = await gone;
      installation.startWorkers();
      if (code !== 0) throw new Error(`it ended with ${code}`);
      return 1;
    },
  },
];
