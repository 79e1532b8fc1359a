import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { jobTypes } from '@/lib/job-types/catalogue';
import { BoardServer } from './board-server';
import { QUARANTINE_QUEUE, type QueueName, queueOf } from './queues';

export type { BoardAnswer, BoardCall } from './board-server';

let held: { server: BoardServer; key: string } | undefined;

/**
 * Bull Board over all queues, on either backend. The queues are shared by all organizations, so it shows deliveries
 * (ids, states, options) and never the data of external jobs.
 */
export function boardServer(basePath: string, readOnly: boolean): BoardServer {
  const names: QueueName[] = [...jobTypes(), QUARANTINE_QUEUE];
  const key = `${readOnly} ${names.join(' ')}`;
  if (held?.key === key) return held.server;
  const server = new BoardServer(basePath);
  const queues = names.map((name) => {
    const adapter = new BullMQAdapter(queueOf(name), {
      readOnlyMode: readOnly,
      externalJobUrl: (job) => ({ displayText: 'Job', href: `/jobs/${jobIdOf(job.data) ?? job.id}` }),
    });
    adapter.setFormatter('data', (data) => ({ jobId: jobIdOf(data) ?? null }));
    adapter.setFormatter('returnValue', () => null);
    return adapter;
  });
  createBullBoard({
    queues,
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'Batchyard queues', miscLinks: [{ text: 'Back to Batchyard', url: '/' }] } },
  });
  held = { server, key };
  return server;
}

function jobIdOf(data: unknown): string | undefined {
  const id = typeof data === 'object' && data !== null && 'jobId' in data ? data.jobId : undefined;
  return typeof id === 'string' ? id : undefined;
}
