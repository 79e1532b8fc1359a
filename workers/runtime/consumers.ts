import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { logger } from '@/lib/config/logger';
import type { ConsumerMessage, SupervisorMessage } from '@/lib/contracts/ipc';
import { registerConsumer } from '@/lib/domain/worker/nodes';

/** A forked process that runs jobs. */
export interface Consumer {
  id: number;
  process: ChildProcess;
  quarantine: boolean;
  ready: boolean;
  /** attempts that it runs, as of its last message */
  active: number;
  memoryBytes: number;
  /** of one processor, over the last second */
  cpuPercent: number;
  lastMessageAt: number;
  /** it was asked to stop: its exit is not a crash */
  stopping: boolean;
  startedAt: number;
}

export interface ConsumerEvents {
  message(message: ConsumerMessage): void;
  /** @param how its signal or exit code */
  exited(consumer: Consumer, how: string): void;
}

/** Compiled code forks the compiled consumer, TypeScript the source. */
const script = new URL(import.meta.url.endsWith('.ts') ? '../consumer.ts' : './consumer.js', import.meta.url);
/**
 * A fast batch makes much garbage. A larger young generation and early collections of the old one keep a consumer fast,
 * and nearly as small with a million children as with a few (`npm run bench -- scale`).
 */
const GARBAGE_COLLECTION = ['--max-semi-space-size=32', '--heap-growing-percent=100'];
const execArgv = [
  ...GARBAGE_COLLECTION,
  ...(import.meta.url.endsWith('.ts') ? ['--import', 'tsx'] : ['--enable-source-maps']),
];

/** Forks a consumer. Its id is in the database before it starts, so that whatever it claims can be requeued. */
export async function forkConsumer(
  nodeId: number,
  { quarantine }: { quarantine: boolean },
  events: ConsumerEvents,
): Promise<Consumer> {
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
    memoryBytes: 0,
    cpuPercent: 0,
    lastMessageAt: now,
    stopping: false,
    startedAt: now,
  };
  child.on('message', (message: ConsumerMessage) => {
    consumer.lastMessageAt = Date.now();
    if (message.type === 'ready') consumer.ready = true;
    if (message.type === 'load') {
      const { active, memoryBytes, cpuPercent } = message;
      Object.assign(consumer, { active, memoryBytes, cpuPercent });
    }
    events.message(message);
  });
  let exited = false;
  const exit = (how: string) => {
    if (exited) return;
    exited = true;
    events.exited(consumer, how);
  };
  child.on('error', (error) => {
    logger.error({ err: error, consumerId: id }, 'A consumer process reported an error.');
    if (child.exitCode === null && child.pid === undefined) exit(error.message);
  });
  child.on('exit', (code, signal) => exit(signal ?? `exit ${code}`));
  return consumer;
}

/** Sends a message. A consumer that is just exiting does not receive it, and its exit makes the message obsolete. */
export function sendToConsumer(consumer: Consumer, message: SupervisorMessage): void {
  if (consumer.process.connected) consumer.process.send(message, undefined, undefined, () => undefined);
}
