import { formatBytes, formatNumber } from '@/components/ui/format';
import type { LimitName, UsedLimits } from '@/lib/contracts/limits';

export interface LimitField {
  name: Exclude<LimitName, 'jobTypes'>;
  label: string;
  /** what counts, or what the limit does */
  hint: string;
  /** what is used of it; absent where nothing adds up */
  used?: keyof UsedLimits;
  format: (value: number) => string;
  /** one of the unit in which it is entered */
  unit: number;
  unitWord?: string;
  step?: number;
  /** what holds without a value, where that is not `no limit` */
  otherwise?: string;
}

/** As `formatBytes` counts, so that a limit is shown as it was entered. */
const MB = 1_000_000;

/** The limits that are numbers, in the order of the page. */
export const LIMIT_FIELDS: readonly LimitField[] = [
  {
    name: 'runningBatches',
    label: 'Running batches',
    hint: 'Batches that hold a slot at once; further ones wait',
    used: 'runningBatches',
    format: formatNumber,
    unit: 1,
  },
  {
    name: 'rows',
    label: 'Stored jobs',
    hint: 'Open and finished jobs, until they are deleted',
    used: 'rows',
    format: formatNumber,
    unit: 1,
  },
  {
    name: 'requestsPerMinute',
    label: 'Requests per minute',
    hint: 'API calls by people and keys, over all web processes',
    used: 'requestsPerMinute',
    format: formatNumber,
    unit: 1,
  },
  {
    name: 'streams',
    label: 'Event streams',
    hint: 'Streams that are open at once: browsers and programs',
    used: 'streams',
    format: formatNumber,
    unit: 1,
  },
  {
    name: 'storageBytes',
    label: 'Stored files',
    hint: 'Uploads, and files that jobs made',
    used: 'storageBytes',
    format: formatBytes,
    unit: MB,
    unitWord: 'MB',
  },
  {
    name: 'uploadBytes',
    label: 'Largest file',
    hint: 'The size of one file',
    format: formatBytes,
    unit: MB,
    unitWord: 'MB',
  },
  {
    name: 'weight',
    label: 'Weight',
    hint: 'Its share of the slots while organizations compete',
    otherwise: '1',
    format: formatNumber,
    unit: 1,
    step: 0.01,
  },
  {
    name: 'reserve',
    label: 'Reserved slots',
    hint: 'Slots that stay free for it while it has no work',
    otherwise: 'none',
    format: formatNumber,
    unit: 1,
  },
];
