import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '@/chaos/fault';
import { launch } from '@/chaos/http';
import type { Web } from '@/chaos/installation';
import { type Counts, hasEnded, openStream, type Seen, watch } from '@/chaos/viewer';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';

const SLOW = 40;
const GONE = 120;
const RECONNECTING = 6;
/** The allowed memory growth of the dashboard with slow readers, in MiB. */
const MAX_GROWTH = 150;
const HEALTHY_MS = 5000;

/** Returns the dashboard's resident memory in MiB; undefined where the system does not report it. */
async function memoryOf(web: Web): Promise<number | undefined> {
  const status = await readFile(`/proc/${web.pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** Reconnects with the last event id until it receives the end. */
async function reconnect(web: Web, batchId: string): Promise<Seen> {
  const seen: Seen = { lastEventId: '', counts: undefined, connections: 0 };
  while (!seen.counts || !hasEnded(seen.counts)) {
    const stream = await openStream(web, `?batchId=${batchId}`, seen.lastEventId || undefined);
    await watch(stream, batchId, seen, 3);
  }
  return seen;
}

/** Returns the same dashboard with another API key, because one key may open fifty streams. */
async function withOwnKey(web: Web): Promise<Web> {
  const answer = await fetch(`${web.url}/api/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${web.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'viewers', role: 'operator' }),
  });
  if (!answer.ok) throw new Error(`a key was answered with ${answer.status}`);
  const { key } = (await answer.json()) as { key: string };
  return { ...web, apiKey: key };
}

/** Opens streams and closes them at once, in the middle of a message. */
async function comeAndGo(web: Web): Promise<number> {
  let count = 0;
  for (let i = 0; i < GONE / 10; i += 1) {
    const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(web, '')));
    await sleep(50);
    for (const stream of streams) stream.destroy();
    count += streams.length;
  }
  return count;
}

async function isHealthy(web: Web): Promise<void> {
  const answer = await fetch(`${web.url}/api/health/ready`, { signal: AbortSignal.timeout(HEALTHY_MS) });
  if (!answer.ok) throw new Error(`the dashboard was ${answer.status} under its viewers`);
}

const rowsOf = async (batchId: string): Promise<Counts> => {
  const { rows } = await pool().query<Counts>(
    `select b.status, b.total, count(*) filter (where j.status = 'completed')::int as completed,
       count(*) filter (where j.status = 'failed')::int as failed, count(*) filter (where j.status = 'cancelled')::int as cancelled
     from batch b join job j on j.batch_id = b.id where b.id = $1 group by b.id`,
    [batchId],
  );
  return rows[0] as Counts;
};

export const STREAM_FAULTS: Fault[] = [
  {
    name: 'viewers are slow, gone and reconnecting',
    async strike({ installation, batchIds }) {
      const web = await installation.web();
      const before = await memoryOf(web);
      const items = Array.from({ length: 4000 }, (_, i) => ({
        durationMs: 500,
        steps: 10,
        outcome: i % 9 === 0 ? 'fail' : 'complete',
      }));
      const { body } = await launch(web, 'watched', `watched-${Date.now()}`, items);
      const batchId = must(body.batchId, 'The id of the batch');
      batchIds.push(batchId);
      // Never read during the run, so that the server must buffer or drop messages.
      const [idle, others] = await Promise.all([withOwnKey(web), withOwnKey(web)]);
      const slow = await Promise.all(
        Array.from({ length: SLOW }, (_, i) => openStream(idle, i % 2 === 0 ? '' : `?batchId=${batchId}`)),
      );
      const reconnecting = Promise.all(Array.from({ length: RECONNECTING }, () => reconnect(others, batchId)));
      const [gone, seen] = await Promise.all([comeAndGo(web), reconnecting, isHealthy(web)]);
      await isHealthy(web);
      const growth = ((await memoryOf(web)) ?? 0) - (before ?? 0);
      if (growth > MAX_GROWTH) throw new Error(`the dashboard grew by ${growth.toFixed(0)} MiB`);

      const truth = await rowsOf(batchId);
      const slowly: Seen[] = await Promise.all(
        slow.map(async (stream) => {
          const late: Seen = { lastEventId: '', counts: undefined, connections: 0 };
          await watch(stream, batchId, late, Number.POSITIVE_INFINITY);
          return late;
        }),
      );
      for (const { counts } of [...seen, ...slowly]) {
        if (JSON.stringify(sorted(counts)) !== JSON.stringify(sorted(truth))) {
          throw new Error(`a viewer saw ${JSON.stringify(counts)}, the rows are ${JSON.stringify(truth)}`);
        }
      }
      return SLOW + gone + seen.reduce((sum, s) => sum + s.connections, 0);
    },
  },
];

const sorted = (counts: Counts | undefined) => Object.entries(counts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
