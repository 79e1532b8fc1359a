import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { logger } from '@/lib/config/logger';
import type { ConsumerMessage, SupervisorMessage } from '@/lib/contracts/ipc';
import { registerConsumer } from '@/lib/domain/worker/nodes';

/** One forked process. */
export interface Consumer {
  id: number;
  process: ChildProcess;
  quarantine: boolean;
  ready: boolean;
  /** attempts that it runs, as of its last word */
  active: number;
  heardAt: number;
  /** it was told to stop: its end is not a crash */
  stopping: boolean;
  bornAt: number;
}

export interface ConsumerEvents {
  message(message: ConsumerMessage): void;
  ended(consumer: Consumer, how: string): void;
}

/** Compiled code runs beside its compiled sibling, TypeScript beside its source. */
const script = new URL(import.meta.url.endsWith('.ts') ? '../consumer.ts' : './consumer.js', import.meta.url);
/**
 * A fast batch leaves much garbage. Young objects get room to die in, and the old ones are collected early: so a consumer
 * is quick, and nearly as small with a million children as with a few (`npm run bench -- scale`).
 */
const COLLECTION = ['--max-semi-space-size=32', '--heap-growing-percent=100'];
const execArgv = [...COLLECTION, ...(import.meta.url.endsWith('.ts') ? ['--import', 'tsx'] : ['--enable-source-maps'])];

/** Forks a consumer. Its id is in the database first, so that whatever it claims can be put back. */
export async function forkConsumer(nodeId: number, quarantine: boolean, events: ConsumerEvents): Promise<Consumer> {
  const id = await registerConsumer(nodeId);
  const child = fork(fileURLToPath(script), [String(id), quarantine ? 'quarantine' : 'regular'], {
    execArgv,
    serialization: 'json',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const now = Date.now();
  const consumer: Consumer = {
    id,
    process: child,
    quarantine,
    ready: false,
    active: 0,
    heardAt: now,
    stopping: false,
    bornAt: now,
  };
  child.on('message', (message: ConsumerMessage) => {
    consumer.heardAt = Date.now();
    if (message.type === 'ready') consumer.ready = true;
    if (message.type === 'load') consumer.active = message.active;
    events.message(message);
  });
  let over = false;
  const end = (how: string) => {
    if (over) return;
    over = true;
    events.ended(consumer, how);
  };
  child.on('error', (error) => {
    logger.error({ err: error, consumerId: id }, 'a consumer process');
    if (child.exitCode === null && child.pid === undefined) end(error.message);
  });
  child.on('exit', (code, signal) => end(signal ?? `exit ${code}`));
  return consumer;
}

/** Sends a message; a consumer that is just ending misses it, and its end says the rest. */
export function tell(consumer: Consumer, message: SupervisorMessage): void {
  if (consumer.process.connected) consumer.process.send(message, undefined, undefined, () => undefined);
}
