import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from '@/chaos/fault';
import { launch, launchOf, lines, send } from '@/chaos/http';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';

const ITEMS = Array.from({ length: 6000 }, (_, i) => ({ payload: i }));
const HALF = ITEMS.length / 2;

/** When the dashboard is killed, from the sender's view. */
const MOMENTS = ['half of the items are sent', 'all of the items are sent', 'the end of the items is sent'] as const;

/** Returns the batches and rows of an idempotency key: none or all. */
async function underKey(key: string): Promise<{ id: string; total: number; rows: number }[]> {
  const { rows } = await pool().query<{ id: string; total: number; rows: number }>(
    `select b.id, b.total, (select count(*)::int from job where batch_id = b.id) as rows from batch b where idempotency_key = $1`,
    [key],
  );
  return rows;
}

async function killDuringLaunch({ installation, batchIds }: Scene, moment: (typeof MOMENTS)[number]): Promise<void> {
  const web = await installation.web();
  const key = randomUUID();
  const { request } = send(web, 'POST', ...launchOf('cut off', key));
  request.write(lines(ITEMS.slice(0, HALF)));
  if (moment !== 'half of the items are sent') {
    if (!request.write(lines(ITEMS.slice(HALF)))) await once(request, 'drain');
    if (moment === 'the end of the items is sent') request.end();
  }
  // A random delay, so that kills happen during the read, during the write and around the commit.
  await sleep(Math.random() * 150);
  await web.kill();
  request.destroy();
  const left = await underKey(key);
  if (left.some((b) => b.total !== ITEMS.length || b.rows !== ITEMS.length)) {
    throw new Error(`a launch that was cut off left ${JSON.stringify(left)}`);
  }
  const again = await installation.web();
  const [first, second] = await Promise.all([
    launch(again, 'cut off', key, ITEMS),
    launch(again, 'cut off', key, ITEMS),
  ]);
  const known = await underKey(key);
  if (known.length !== 1 || known[0]?.rows !== ITEMS.length)
    throw new Error(`the repeat made ${JSON.stringify(known)}`);
  for (const { status, body } of [first, second]) {
    if (body.batchId !== known[0]?.id) throw new Error(`a repeat was answered with ${status} ${JSON.stringify(body)}`);
  }
  batchIds.push(must(known[0], 'The batch of the key').id);
}

export const WEB_FAULTS: Fault[] = [
  {
    name: 'the web dies during a streamed launch',
    async strike(scene) {
      for (const moment of MOMENTS) await killDuringLaunch(scene, moment);
      return MOMENTS.length;
    },
  },
  {
    name: 'one key, posted eight times at once',
    async strike({ installation, batchIds }) {
      const web = await installation.web();
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 8 }, () => launch(web, 'eightfold', key, ITEMS)));
      const statuses = answers.map((a) => a.status).sort();
      const ids = new Set(answers.map((a) => a.body.batchId));
      if (ids.size !== 1 || statuses.join() !== '200,200,200,200,200,200,200,201') {
        throw new Error(`batches: ${ids.size}, answers: ${statuses.join()}`);
      }
      batchIds.push(...[...ids].flatMap((id) => id ?? []));

      const jobs = await Promise.all(
        Array.from({ length: 8 }, () => {
          const { request, answer } = send(web, 'POST', '/api/jobs', {
            'content-type': 'application/json',
            'idempotency-key': key,
          });
          request.end(JSON.stringify({ type: 'diagnostic', data: {} }));
          return answer;
        }),
      );
      const jobStatuses = jobs.map((a) => a.status).sort();
      if (new Set(jobs.map((a) => a.body.jobId)).size !== 1 || jobStatuses.filter((s) => s === 201).length !== 1) {
        throw new Error(`jobs: ${jobStatuses.join()}`);
      }
      return 16;
    },
  },
];
