import { randomBytes } from 'node:crypto';
import type { CreateRuleBody } from '@/lib/contracts/notification-rule';
import { type CpuTimes, cpuPerJob, readCpuTimes } from './cpu';
import { middle } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Compares what work costs without the triggers that write events, with them and nobody to tell, and with rules. The
 * arrangements alternate in one run. `npm run bench -- notifications <items of a batch> <single jobs> <rounds>`
 */
const [items, singles, rounds] = process.argv.slice(2).map(Number) as [number, number, number];
/** Single jobs that are launched at the same time. */
const AT_ONCE = 50;
const TRIGGERS = [
  ['batch', 'batch_notify_update'],
  ['job', 'job_notify_update'],
] as const;

const services = await startServices({ redis: false });
// Seals the address of the channel.
process.env.SECRETS_KEY = randomBytes(32).toString('base64url');
// Imported after the environment is set, because the first import reads it once.
const { closeConnections, newContext, runBatch, startWorkers } = await import('./product');
const { pool } = await import('@/lib/db/pool');
const { env } = await import('@/lib/config/env');
const { parseOutboundRules } = await import('@/lib/config/outbound');
const { createJob } = await import('@/lib/domain/job/create-job');
const { createChannel } = await import('@/lib/domain/notification/channel/create-channel');
const { createRule } = await import('@/lib/domain/notification/rule/create-rule');
const { startHookReceiver } = await import('@/lib/testing/hook-receiver');
const { until } = await import('@/lib/testing/until');

type Context = Awaited<ReturnType<typeof newContext>>;

const ARRANGEMENTS = ['without triggers', 'nobody is told', 'three rules'] as const;
type Arrangement = (typeof ARRANGEMENTS)[number];
const measured = new Map<Arrangement, { batch: CpuTimes[]; single: CpuTimes[] }>();

async function switchTriggers(on: boolean): Promise<void> {
  for (const [owner, trigger] of TRIGGERS) {
    await pool().query(`alter table "${owner}" ${on ? 'enable' : 'disable'} trigger "${trigger}"`);
  }
}

/** One that reports the end, one that looks for failures, and one whose query matches nothing. */
async function addRules(context: Context, url: string): Promise<void> {
  const { channel } = await createChannel(context, { kind: 'webhook', name: 'receiver', config: { url } });
  const rule = (on: CreateRuleBody['on'], query?: string) =>
    createRule(context, {
      ...{ name: 'r', on, channelIds: [channel.id], enabled: true },
      ...(query === undefined ? {} : { query }),
    });
  await rule(['batch.finished', 'batch.failed']);
  await rule(['batch.failure-rate', 'batch.stuck', 'worker.none']);
  await rule(['batch.finished', 'batch.partial'], 'type:collect');
}

async function runSingles(context: Context): Promise<void> {
  for (let done = 0; done < singles; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => createJob(context, { type: 'diagnostic', data: {} })));
  }
  await until('the jobs have ended', async () => {
    const { rows } = await pool().query(
      'select 1 from job where organization_id = $1 and batch_id is null and outcome is null limit 1',
      [context.organizationId],
    );
    return rows.length === 0;
  });
}

async function timed(count: number, work: () => Promise<unknown>): Promise<CpuTimes> {
  const before = readCpuTimes();
  await work();
  return cpuPerJob(before, readCpuTimes(), count);
}

const receiver = await startHookReceiver();
try {
  Object.assign(env(), { OUTBOUND_ALLOW: parseOutboundRules('127.0.0.1') });
  const workers = await startWorkers({ WORKER_PROCESSES: '1', OUTBOUND_ALLOW: '127.0.0.1' });
  const contexts = new Map<Arrangement, Context>();
  for (const arrangement of ARRANGEMENTS) {
    const context = await newContext();
    contexts.set(arrangement, context);
    measured.set(arrangement, { batch: [], single: [] });
    if (arrangement === 'three rules') await addRules(context, receiver.url);
    await runBatch(context, 1000);
  }
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one, so that none always comes first.
    for (const [i] of ARRANGEMENTS.entries()) {
      const arrangement = ARRANGEMENTS[(i + round) % ARRANGEMENTS.length] ?? 'nobody is told';
      const [context, results] = [contexts.get(arrangement), measured.get(arrangement)];
      if (!context || !results) throw new Error(`${arrangement} was not prepared`);
      await switchTriggers(arrangement !== 'without triggers');
      results.batch.push(await timed(items, () => runBatch(context, items)));
      results.single.push(await timed(singles, () => runSingles(context)));
    }
  }
  await workers.stop();
} finally {
  await receiver.close();
  await closeConnections();
  await services.stop();
}

const COUNTED = ['Postgres', 'supervisor', 'consumer', 'launcher'];
const rowOf = (what: string, arrangement: Arrangement, rounds: CpuTimes[]): string[] => {
  const parts = COUNTED.map((part) => middle(rounds.map((cpu) => cpu.get(part) ?? 0)));
  const whole = rounds.map((cpu) => COUNTED.reduce((sum, part) => sum + (cpu.get(part) ?? 0), 0));
  return [what, arrangement, ...parts.map((us) => us.toFixed(0)), middle(whole).toFixed(0)];
};

publish(
  'notifications',
  `## Events that nobody is told about

\`npm run bench -- notifications ${items} ${singles} ${rounds}\`: microseconds of processor time for each no-op job from launch to done, median of
${rounds} rounds in which the arrangements alternate; queues on Postgres, one consumer.

${table(
  ['work', 'arrangement', ...COUNTED, 'together'],
  [
    ...[...measured].map(([arrangement, { batch }]) =>
      rowOf(`a batch of ${items.toLocaleString('en')}`, arrangement, batch),
    ),
    ...[...measured].map(([arrangement, { single }]) =>
      rowOf(`${singles.toLocaleString('en')} single jobs`, arrangement, single),
    ),
  ],
)}
`,
);
process.exit(0);
