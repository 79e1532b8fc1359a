import type { QueryKey } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { ServerEventName, ServerEvents } from '@/lib/contracts/events';

/** Queries to read again, at most once per interval. */
export interface Refresh {
  /** requests of the same name share the interval */
  name: string;
  intervalMs: number;
  keys: readonly QueryKey[];
}

/** What the browser does with an event beside patching its caches. */
interface EventRule<Data> {
  /** within a frame, a later event with the same key replaces an earlier one; absent: the event changes no cache */
  mergeKey?: (data: Data) => string;
  /** read again after each such event: what can't be computed from it */
  always?: (data: Data, flowNodes: number) => Refresh[];
  /** read again when the row entered another state, or when it is not clear whether the event is the newest */
  moved?: (data: Data) => Refresh[];
}

/** Times, reasons and membership of lists travel only in the rows themselves. */
const batchQueries = ({ batchId }: { batchId: string }): Refresh[] => [
  {
    name: `batch ${batchId}`,
    intervalMs: 400,
    keys: [keys.batches.detail(batchId), keys.batches.failures(batchId), keys.batches.matrix(batchId)],
  },
  { name: 'batch lists', intervalMs: 1_000, keys: [keys.batches.lists] },
];

/** What needs a person changes with batches that start and end. */
const attention = (): Refresh => ({ name: 'attention', intervalMs: 5_000, keys: [keys.attention] });

/** What a batch with failures does, and what fails or runs again, may change them. */
const deadLetters = (): Refresh => ({ name: 'dead letters', intervalMs: 4_000, keys: [keys.deadLetters.all] });
const deadOfBatch = ({ failed }: { failed: number }): Refresh[] => (failed > 0 ? [deadLetters()] : []);

/** The result, the error and the attempts of a job travel only in its own row. */
const jobDetail = (jobId: string): Refresh[] => [
  { name: `job ${jobId}`, intervalMs: 0, keys: [keys.jobs.detail(jobId)] },
];

const jobRule: EventRule<ServerEvents['job-update']> = {
  mergeKey: ({ job }) => `job ${job.id}`,
  moved: ({ job }) => jobDetail(job.id),
};

/** A job that failed, was discarded, or was retried. */
const changedJobRule: EventRule<ServerEvents['job-update']> = {
  ...jobRule,
  always: ({ job }) => (job.status === 'failed' || job.status === 'pending' ? [deadLetters()] : []),
};

/** Events of a large flow are sampled, so its nodes are read again now and then: seldom when there are many. */
const treeInterval = (nodes: number): number => (nodes <= 300 ? 1_000 : nodes <= 1_500 ? 2_500 : 6_000);

/** One row for each event of the contract. A new event gets a row here, and a case in CacheWriter if it patches caches. */
export const EVENT_RULES: { [Name in ServerEventName]: EventRule<ServerEvents[Name]> } = {
  snapshot: {},
  'processing:started': {
    mergeKey: ({ batchId }) => `processing:started ${batchId}`,
    moved: (data) => [...batchQueries(data), attention(), deadLetters()],
  },
  'processing:progress': {
    mergeKey: ({ batchId }) => `processing:progress ${batchId}`,
    always: deadOfBatch,
    moved: batchQueries,
  },
  done: {
    mergeKey: ({ batchId }) => `done ${batchId}`,
    always: deadOfBatch,
    moved: (data) => [...batchQueries(data), attention()],
  },
  'job:progress': {
    mergeKey: ({ jobId }) => `job:progress ${jobId}`,
    moved: ({ jobId }) => jobDetail(jobId),
  },
  'job-created': jobRule,
  'job-update': changedJobRule,
  'job-completed': jobRule,
  'job-failed': changedJobRule,
  'flow:progress': {
    mergeKey: ({ flowId }) => `flow:progress ${flowId}`,
    always: ({ flowId }, flowNodes) =>
      flowNodes === 0
        ? []
        : [
            {
              name: `flow ${flowId}`,
              intervalMs: treeInterval(flowNodes),
              keys: [keys.flows.tree(flowId), keys.flows.pagesOf(flowId)],
            },
          ],
    moved: () => [{ name: 'flow lists', intervalMs: 1_000, keys: [keys.flows.lists] }],
  },
  error: {},
  capacity: { mergeKey: () => 'capacity' },
};
