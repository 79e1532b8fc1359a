import { formatCount } from '@/components/ui/format';
import type { MarkStatus } from '@/components/ui/status';
import type { BulkActionDto, BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { JobStatus } from '@/lib/contracts/status';

interface ActionWords {
  /** a button: `Retry` */
  verb: string;
  /** what it does with each job, for a sentence: `run again` */
  effect: string;
  /** `retried` */
  done: string;
  /** jobs in these statuses can be changed */
  statuses: readonly JobStatus[];
  /** it destroys something, or stops work */
  danger: boolean;
}

const ENDED_BADLY: readonly JobStatus[] = ['failed', 'cancelled'];

/** What each action is called, and which jobs it applies to. The server decides again for each job. */
export const ACTION_WORDS: Readonly<Record<BulkActionVerb, ActionWords>> = {
  retry: {
    verb: 'Retry',
    effect: 'They run again with the same input.',
    done: 'retried',
    statuses: ENDED_BADLY,
    danger: false,
  },
  cancel: {
    verb: 'Cancel',
    effect: 'What has not started never does; what runs is asked to stop.',
    done: 'cancelled',
    statuses: ['pending', 'delayed', 'active', 'waiting-children'],
    danger: true,
  },
  edit: {
    verb: 'Edit and retry',
    effect: 'They get the new input and run again. The input they had is replaced.',
    done: 'edited and retried',
    statuses: ENDED_BADLY,
    danger: false,
  },
  discard: {
    verb: 'Discard',
    effect: 'They stay failed and count as dealt with. They can still be retried.',
    done: 'discarded',
    statuses: ['failed'],
    danger: false,
  },
  delete: {
    verb: 'Delete',
    effect: 'Their inputs, results and logs are gone for good.',
    done: 'deleted',
    statuses: ['completed', 'failed', 'cancelled'],
    danger: true,
  },
};

interface Parts {
  batches: readonly unknown[];
  moreBatches: number;
  single: number;
  inFlows: number;
}

/** Says where the jobs of a selection are: `in 3 batches`, `in 1 batch, 4 of them single`. */
export function placesOf({ batches, moreBatches, single, inFlows }: Parts): string {
  const count = batches.length + moreBatches;
  const parts = [
    count > 0 ? `in ${formatCount(count, 'batch', 'batches')}` : '',
    inFlows > 0 ? `${formatCount(inFlows, 'node')} of flows` : '',
    single > 0 && count + inFlows > 0 ? formatCount(single, 'single job') : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** Says what a bulk action does: `Retry 70 jobs`. */
export const titleOf = ({ action, matched }: Pick<BulkActionDto, 'action' | 'matched'>): string =>
  `${ACTION_WORDS[action].verb} ${formatCount(matched, 'job')}`;

/** Says which jobs were chosen: the query, or that they were picked. */
export const whatOf = ({ query }: Pick<BulkActionDto, 'query'>): string =>
  query === null ? 'jobs that were picked' : query === '' ? 'all jobs' : query;

/** The mark and the word of a bulk action's status. */
export function lookOf({ status, failed }: Pick<BulkActionDto, 'status' | 'failed'>): {
  mark: MarkStatus;
  word: string;
} {
  if (status === 'running') return { mark: 'in-progress', word: 'running' };
  if (status === 'aborted') return { mark: 'cancelled', word: 'aborted' };
  return failed > 0 ? { mark: 'partial', word: 'partly done' } : { mark: 'completed', word: 'completed' };
}
