import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { must } from '@/lib/contracts/must';
import { copyTemplate, dropDatabase } from '@/lib/testing/services/databases';
import { cpuPerJob, readCpuTimes } from './cpu';
import { middle, spread, times } from './figures';
import type { Message, Work } from './peers/peer';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Compares the product with other queues in one run, each with its own best settings.
 * `npm run bench -- peers <no-op jobs> <jobs that wait> <rounds>`
 */
const [jobs, waiting, rounds] = process.argv.slice(2).map(Number) as [number, number, number];
const AT_ONCE = 20;
const WAIT_MS = 30;
const POSSIBLE = (AT_ONCE * 1000) / WAIT_MS;
const TEMPLATE = 'bench';

interface Contestant {
  name: string;
  program: string;
  redis: boolean;
  extra?: string;
  /** the part of the no-op jobs that it gets, so that a slow one does not take minutes */
  share?: number;
}

const OURS_REDIS = 'Batchyard, queues on Redis';
const OURS_POSTGRES = 'Batchyard, queues on Postgres';
const GRAPHILE = 'graphile-worker, local queue of 500';
const RAW = 'raw BullMQ on Redis';
const CONTESTANTS: Contestant[] = [
  { name: GRAPHILE, program: 'graphile-worker', redis: false, extra: '500' },
  { name: 'graphile-worker, local queue of 2,000', program: 'graphile-worker', redis: false, extra: '2000' },
  { name: 'pg-boss', program: 'pg-boss', redis: false },
  { name: RAW, program: 'bullmq', redis: true },
  { name: 'raw BullMQ on Postgres', program: 'bullmq', redis: false, share: 0.1 },
  { name: OURS_REDIS, program: 'batchyard', redis: true },
  { name: OURS_POSTGRES, program: 'batchyard', redis: false },
];

const services = await startServices({ redis: true });
const redisUrl = must(services.redisUrl, 'The address of Redis');

interface Result {
  addedPerSecond: number;
  /** of what was added before */
  jobsPerSecond: number;
  /** adding and running, one after the other */
  bothPerSecond: number;
  /** microseconds of processor time of all processes for a job, from adding to recorded */
  cpuUs: number;
}

const heard = <T extends Message['type']>(child: ChildProcess, type: T): Promise<Extract<Message, { type: T }>> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: Message) => {
      if (message.type === type) resolve(message as Extract<Message, { type: T }>);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before "${type}"`)));
  });

/** Gives everyone the same start: a database of its own, an empty Redis, and no dirty pages of the one before. */
async function freshStart(name: string): Promise<string> {
  const url = await copyTemplate(services.adminUrl, TEMPLATE, name);
  const client = new pg.Client({ connectionString: services.adminUrl });
  await client.connect();
  await client.query('checkpoint');
  await client.end();
  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();
  return url;
}

let runs = 0;
async function measure({ program, redis, extra, share = 1 }: Contestant, given: Work): Promise<Result> {
  const work = { ...given, count: given.durationMs > 0 ? given.count : Math.round(given.count * share) };
  const name = `peer_${++runs}`;
  const databaseUrl = await freshStart(name);
  const env: NodeJS.ProcessEnv = { ...process.env, DATABASE_URL: databaseUrl, NO_LOG_SUCCESS: '1' };
  if (!redis) delete env.REDIS_URL;
  const script = fileURLToPath(new URL(`./peers/${program}.ts`, import.meta.url));
  const url = redis ? redisUrl : databaseUrl;
  const child = fork(script, [url, JSON.stringify(work), ...(extra ? [extra] : [])], {
    execArgv: ['--import', 'tsx'],
    env,
  });
  const done = heard(child, 'done');
  done.catch(() => undefined);
  await heard(child, 'ready');
  const before = readCpuTimes();
  child.send('begin');
  const { addMs, drainMs } = await done;
  const cpu = [...cpuPerJob(before, readCpuTimes(), work.count).values()];
  const exited = once(child, 'exit');
  child.send('end');
  await exited;
  await dropDatabase(services.adminUrl, name);
  return {
    addedPerSecond: (work.count / addMs) * 1000,
    jobsPerSecond: (work.count / drainMs) * 1000,
    bothPerSecond: (work.count / (addMs + drainMs)) * 1000,
    cpuUs: cpu.reduce((sum, us) => sum + us, 0),
  };
}

const NO_OP: Work = { count: jobs, concurrency: undefined, durationMs: 0 };
const CALLS: Work = { count: waiting, concurrency: AT_ONCE, durationMs: WAIT_MS };
const noOps = new Map<string, Result[]>(CONTESTANTS.map(({ name }) => [name, []]));
const calls = new Map<string, Result[]>(CONTESTANTS.map(({ name }) => [name, []]));
try {
  for (let round = 0; round < rounds; round += 1) {
    // Everyone starts a round once, so that nobody always follows the same one.
    const order = CONTESTANTS.map((_, i) => CONTESTANTS[(i + round * 3) % CONTESTANTS.length] as Contestant);
    for (const contestant of order) {
      noOps.get(contestant.name)?.push(await measure(contestant, NO_OP));
      calls.get(contestant.name)?.push(await measure(contestant, CALLS));
    }
  }
} finally {
  await services.stop();
}

const of = (results: Map<string, Result[]>, name: string, key: keyof Result): number[] =>
  (results.get(name) ?? []).map((result) => result[key]);
const ratio = (mine: string, theirs: string, results: Map<string, Result[]>): string => {
  const other = of(results, theirs, 'jobsPerSecond');
  return times(of(results, mine, 'jobsPerSecond').map((value, i) => value / (other[i] ?? Number.NaN)));
};

publish(
  'peers',
  `## Against other queues

\`npm run bench -- peers ${jobs} ${waiting} ${rounds}\`: each queue with the settings at which it is fastest, one process that runs jobs, all in
turn on the same Postgres (${'`fsync` and `synchronous_commit` on'}) and Redis; median of ${rounds} rounds (lowest–highest). First ${jobs.toLocaleString('en')} no-op
jobs with the payload \`{"payload":1}\` are added in bulk, then they run. Then ${waiting.toLocaleString('en')} jobs that wait ${WAIT_MS} ms each, like a call to a
service, ${AT_ONCE} at a time: at most ${POSSIBLE.toFixed(0)} a second are possible.

${table(
  [
    'queue',
    'no-op: added/s',
    'no-op: run/s',
    'µs of processor a job',
    `${AT_ONCE} at a time of ${WAIT_MS} ms: run/s`,
    'of the possible',
  ],
  CONTESTANTS.map(({ name }) => [
    name.startsWith('Batchyard') ? `**${name}**` : name,
    spread(of(noOps, name, 'addedPerSecond')),
    spread(of(noOps, name, 'jobsPerSecond')),
    middle(of(noOps, name, 'cpuUs')).toFixed(0),
    spread(of(calls, name, 'jobsPerSecond')),
    (middle(of(calls, name, 'jobsPerSecond')) / POSSIBLE).toFixed(2),
  ]),
)}

${table(
  ['ratio of jobs run a second', 'no-op', `${AT_ONCE} at a time of ${WAIT_MS} ms`],
  [
    [OURS_REDIS, RAW],
    [OURS_REDIS, GRAPHILE],
    [OURS_POSTGRES, GRAPHILE],
    [OURS_POSTGRES, 'raw BullMQ on Postgres'],
  ].map(([mine = '', theirs = '']) => [
    `${mine} / ${theirs}`,
    `**${ratio(mine, theirs, noOps)}**`,
    `**${ratio(mine, theirs, calls)}**`,
  ]),
)}

The processor time is that of all processes, Postgres and Redis included, from adding to the recorded end. Settings:
graphile-worker with batched completion (\`completeJobBatchDelay: 0\`), 24 jobs at once and no log line for a success; pg-boss with two
workers that fetch and complete 1,000 jobs in one statement (20 for the jobs that wait); BullMQ with a concurrency of 500 and removal on completion.
Raw BullMQ on Postgres runs a tenth of the no-op jobs.

### What is durable in each

${table(
  ['queue', 'an added job', 'a finished job', 'a process is killed', 'its strengths'],
  [
    [
      'graphile-worker',
      'row in Postgres, on disk when the call returns; can be added in your own transaction or by a trigger in SQL',
      'deleted; no result, no count, no history. A job that failed for good keeps its last error',
      'its jobs run again after 4 hours, or when an operator unlocks them',
      'the highest rate here at the least processor time; starts a job within milliseconds (`LISTEN`); jobs from SQL',
    ],
    [
      'pg-boss',
      'row in Postgres, on disk when the call returns; can be added in your own transaction',
      'its row stays for 7 days, with an output if it was fetched alone or the batch settles job by job',
      'its jobs run again when they expire (15 minutes), or sooner with heartbeats',
      'policies for queues (singleton, throttle, debounce), schedules, dead letters, pub/sub; plain SQL in any Postgres',
    ],
    [
      'BullMQ on Redis',
      'as durable as Redis is set to be; here in memory only',
      'removed; otherwise in memory with its result until a limit',
      'its jobs run again after 30 s',
      'the richest set of features (flows, rate limits, priorities, schedulers); low latency; clients in several languages',
    ],
    [
      'BullMQ on Postgres',
      'row in Postgres, on disk when the call returns',
      'removed; otherwise a row with its result',
      'its jobs run again after 30 s',
      'the same features without Redis',
    ],
    [
      '**Batchyard**, both',
      'row in Postgres, validated, on disk when the launch is acknowledged',
      'its row stays with input, result, errors, warnings and attempts until the batch is deleted, and it is counted exactly once',
      'its jobs run again within seconds; one that kills its process is isolated',
      'batches with live progress, pause, cancel, retry, results as files and fairness between organizations',
    ],
  ],
)}
`,
);
process.exit(0);
