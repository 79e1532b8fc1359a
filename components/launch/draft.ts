import type { BatchOptions, LaunchFields } from '@/lib/contracts/batch';

export type Source = 'files' | 'paste' | 'form';
export type PasteFormat = 'auto' | 'json' | 'ndjson' | 'csv' | 'lines';

/** Options as typed; empty = the job type's default. */
export interface OptionsDraft {
  concurrency: string;
  ratePerMinute: string;
  priority: string;
  maxAttempts: string;
  backoffType: '' | 'fixed' | 'exponential';
  /** seconds */
  backoffDelay: string;
  delaySeconds: string;
  /** percent */
  stopOnFailureRate: string;
  stopAfter: string;
  uniqueKey: string;
}

/** A file that the server has. */
export interface UploadedFile {
  fileId: string;
  name: string;
  size: number;
}

/** Everything of a launch that is typed or chosen; kept over a reload. */
export interface Draft {
  type: string;
  /** null = as suggested */
  name: string | null;
  source: Source | null;
  paste: string;
  pasteFormat: PasteFormat;
  /** the field that a plain line becomes */
  lineField: string;
  form: Record<string, string>;
  copies: string;
  /** fields besides the file, the same for each of them */
  ofFiles: Record<string, string>;
  options: OptionsDraft;
  start: LaunchFields['start'];
  /** further items may be added until it is sealed */
  keepOpen: boolean;
  uploaded: UploadedFile[];
  /** leave the bad rows of a table out */
  skipBad: boolean;
  /** the same for as long as the person means the same launch, so that a doubtful one can be sent again */
  idempotencyKey: string;
}

export const NO_OPTIONS: OptionsDraft = {
  concurrency: '',
  ratePerMinute: '',
  priority: '',
  maxAttempts: '',
  backoffType: '',
  backoffDelay: '',
  delaySeconds: '',
  stopOnFailureRate: '',
  stopAfter: '',
  uniqueKey: '',
};

/** A random key; works on plain http too, where randomUUID does not exist. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const emptyDraft = (type = ''): Draft => ({
  type,
  name: null,
  source: null,
  paste: '',
  pasteFormat: 'auto',
  lineField: '',
  form: {},
  copies: '1',
  ofFiles: {},
  options: NO_OPTIONS,
  start: 'now',
  keepOpen: false,
  uploaded: [],
  skipBad: false,
  idempotencyKey: newKey(),
});

type OptionIssues = Partial<Record<keyof OptionsDraft, string>>;

interface Bound {
  min: number;
  max: number;
  whole?: boolean;
  /** what the typed number is multiplied with for the API */
  times?: number;
}

const BOUNDS = {
  concurrency: { min: 0, max: 10_000, whole: true },
  ratePerMinute: { min: 0, max: 10_000_000 },
  priority: { min: 0, max: 1000, whole: true },
  maxAttempts: { min: 1, max: 100, whole: true },
  delaySeconds: { min: 0, max: 2_592_000 },
  stopOnFailureRate: { min: 0, max: 100, times: 0.01 },
  stopAfter: { min: 1, max: 1_000_000, whole: true },
} as const satisfies Partial<Record<keyof OptionsDraft, Bound>>;

/** A typed number, or what is wrong with it; undefined when nothing was typed. */
export function typedNumber(text: string, { min, max, whole, times = 1 }: Bound): number | string | undefined {
  const clean = text.trim().replaceAll(/[\s,_]/g, '');
  if (clean === '') return undefined;
  const value = Number(clean);
  if (!Number.isFinite(value)) return 'must be a number';
  if (whole && !Number.isInteger(value)) return 'must be a whole number';
  if (value < min || value > max)
    return `must be between ${min.toLocaleString('en-US')} and ${max.toLocaleString('en-US')}`;
  return times === 1 ? value : Math.round(value * times * 1e6) / 1e6;
}

/** Options for the API, and what is wrong with the typed ones. */
export function readOptions(draft: OptionsDraft): { options: BatchOptions; issues: OptionIssues } {
  const options: BatchOptions = {};
  const issues: OptionIssues = {};
  for (const [name, bound] of Object.entries(BOUNDS) as [keyof typeof BOUNDS, Bound][]) {
    const value = typedNumber(draft[name], bound);
    if (typeof value === 'string') issues[name] = value;
    else if (value !== undefined) options[name] = value;
  }
  const delay = typedNumber(draft.backoffDelay, { min: 0, max: 86_400 });
  if (typeof delay === 'string') issues.backoffDelay = delay;
  else if (draft.backoffType || delay !== undefined) {
    options.backoff = { type: draft.backoffType || 'exponential', delay: Math.round((delay ?? 1) * 1000) };
  }
  return { options, issues };
}
