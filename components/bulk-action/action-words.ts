import { formatCount } from '@/components/ui/format';
import type { MarkStatus } from '@/components/ui/status';
import type { BulkActionDto, BulkActionOf, BulkActionVerb } from '@/lib/contracts/bulk-action';
import { JOB_STATUSES, type JobStatus } from '@/lib/contracts/status';

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
  tag: {
    verb: 'Tag',
    effect: 'Only their tags change. The query finds them by tag:.',
    done: 'tagged',
    statuses: JOB_STATUSES,
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

const NOUNS: Readonly<Record<BulkActionOf, readonly [one: string, many: string]>> = {
  jobs: ['job', 'jobs'],
  batches: ['batch', 'batches'],
  flows: ['flow', 'flows'],
};

/** `1 job`, `3 batches`. */
export const countOf = (of: BulkActionOf, count: number): string => formatCount(count, ...NOUNS[of]);

/** What a bulk action does with each: whole batches and flows are deleted with all of their jobs. */
export const effectOf = (action: BulkActionVerb, of: BulkActionOf): string =>
  of === 'jobs' || action === 'tag'
    ? ACTION_WORDS[action].effect
    : 'Their jobs are deleted too, with inputs, results and logs, for good.';

interface Parts {
  of: BulkActionOf;
  batches: readonly unknown[];
  moreBatches: number;
  single: number;
  inFlows: number;
}

/** Says where the jobs of a selection are: `in 3 batches`, `in 1 batch, 4 of them single`. */
export function placesOf({ of, batches, moreBatches, single, inFlows }: Parts): string {
  if (of !== 'jobs') return '';
  const count = batches.length + moreBatches;
  const parts = [
    count > 0 ? `in ${formatCount(count, 'batch', 'batches')}` : '',
    inFlows > 0 ? `${formatCount(inFlows, 'node')} of flows` : '',
    single > 0 && count + inFlows > 0 ? formatCount(single, 'single job') : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** Says what a bulk action does: `Retry 70 jobs`. */
export const titleOf = ({ action, of, matched }: Pick<BulkActionDto, 'action' | 'of' | 'matched'>): string =>
  `${ACTION_WORDS[action].verb} ${countOf(of, matched)}`;

/** Says which jobs were chosen: the query, or that they were picked. */
export const whatOf = ({ of, query }: Pick<BulkActionDto, 'of' | 'query'>): string =>
  query === null ? `${of} that were picked` : query === '' ? 'all jobs' : query;

/** The mark and the word of a bulk action's status. */
export function lookOf({ status, failed }: Pick<BulkActionDto, 'status' | 'failed'>): {
  mark: MarkStatus;
  word: string;
} {
  if (status === 'running') return { mark: 'in-progress', word: 'running' };
  if (status === 'aborted') return { mark: 'cancelled', word: 'aborted' };
  return failed > 0 ? { mark: 'partial', word: 'partly done' } : { mark: 'completed', word: 'completed' };
}
