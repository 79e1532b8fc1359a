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

const MIB = 1024 ** 2;

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
    label: 'Requests in a minute',
    hint: 'Calls of the API by people and keys, over all web processes',
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
    hint: 'Bytes of uploads and of files that jobs made',
    used: 'storageBytes',
    format: formatBytes,
    unit: MIB,
    unitWord: 'MiB',
  },
  {
    name: 'uploadBytes',
    label: 'One file',
    hint: 'Bytes of one file',
    format: formatBytes,
    unit: MIB,
    unitWord: 'MiB',
  },
  {
    name: 'weight',
    label: 'Weight',
    hint: 'Its part of the slots while organizations compete',
    otherwise: '1',
    format: formatNumber,
    unit: 1,
    step: 0.01,
  },
  {
    name: 'reserve',
    label: 'Reserved slots',
    hint: 'Slots that are kept for it while it has no work',
    otherwise: 'none',
    format: formatNumber,
    unit: 1,
  },
];
