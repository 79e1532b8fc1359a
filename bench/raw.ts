import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Measured {
  jobsPerSecond: number;
  addedPerSecond: number;
  firstMs: number;
}

/** What a queue is measured with. */
export interface Work {
  count: number;
  concurrency: number;
  /** how long each job waits; none by default */
  durationMs?: number;
}

const script = fileURLToPath(new URL('./raw-worker.ts', import.meta.url));
let runs = 0;

function start(mode: string, name: string, url: string, work: Work): ChildProcess {
  const { count, concurrency, durationMs = 0 } = work;
  return fork(script, [mode, name, url, String(count), String(concurrency), 'bullmq', String(durationMs)], {
    execArgv: ['--import', 'tsx'],
  });
}

const heard = (child: ChildProcess, type: string): Promise<{ at: number; first: number }> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: { type: string; at: number; first: number }) => {
      if (message.type === type) resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`raw BullMQ ended with ${code} before "${type}"`)));
  });

/** Measures raw BullMQ: `together` in one process, or producer and worker `apart`. */
export async function measureRaw(arrangement: 'together' | 'apart', url: string, work: Work): Promise<Measured> {
  const { count } = work;
  runs += 1;
  const name = `raw-${process.pid}-${runs}`;
  const worker = start(arrangement === 'together' ? 'both' : 'work', name, url, work);
  const done = heard(worker, 'done');
  done.catch(() => undefined);
  let producer = worker;
  if (arrangement === 'apart') {
    await heard(worker, 'ready');
    producer = start('add', name, url, work);
  }
  const [adding, added] = await Promise.all([heard(producer, 'adding'), heard(producer, 'added')]);
  const { at, first } = await done;
  return {
    jobsPerSecond: (count / (at - adding.at)) * 1000,
    addedPerSecond: (count / (added.at - adding.at)) * 1000,
    firstMs: first - adding.at,
  };
}
