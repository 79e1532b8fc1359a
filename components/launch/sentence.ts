import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { type EffectiveOptions, effectiveOptions } from '@/lib/contracts/effective-options';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';

const pace = ({ concurrency, ratePerMinute }: EffectiveOptions): string => {
  const atOnce = concurrency > 0 ? `${formatNumber(concurrency)} at once` : 'As many at once as the workers take';
  return ratePerMinute > 0 ? `${atOnce}, at most ${formatNumber(ratePerMinute)} started a minute` : atOnce;
};

const tries = ({ maxAttempts, backoff }: EffectiveOptions): string => {
  if (maxAttempts === 1) return 'each is tried once';
  const wait = formatDuration(backoff.delay);
  const grows = backoff.type === 'exponential' ? `${wait}, then twice as long each time` : `${wait} in between`;
  return `each is tried up to ${maxAttempts} times, waiting ${grows}`;
};

const stop = ({ stopOnFailureRate, stopAfter }: EffectiveOptions): string =>
  stopOnFailureRate === undefined
    ? ''
    : ` It stops when ${formatNumber(stopOnFailureRate * 100)}% have failed, after at least ${formatCount(stopAfter, 'finished item')}.`;

/** Returns `3 at once, each is tried up to 3 times…`: the options in one line, for the folded step. */
export const summary = (options: BatchOptions, defaults: JobTypeDefaults): string => {
  const e = effectiveOptions(options, defaults);
  return `${pace(e)}; ${tries(e)}.${stop(e)}`;
};

interface SentenceInput {
  name: string;
  count: number;
  approximate: boolean;
  title: string;
  start: LaunchFields['start'];
  /** further items may be added until it is sealed */
  keepOpen?: boolean;
  options: BatchOptions;
  defaults: JobTypeDefaults;
}

const WHEN: Record<LaunchFields['start'], string> = {
  now: 'starts it now',
  queue: 'starts it automatically as soon as there is capacity',
  manual: 'leaves it waiting until somebody starts it',
};

/** Describes exactly what the launch button will do. */
export function sentence({
  name,
  count,
  approximate,
  title,
  start,
  keepOpen,
  options,
  defaults,
}: SentenceInput): string {
  const items = `${approximate ? 'about ' : ''}${formatCount(count, 'item')}`;
  const delay = options.delaySeconds
    ? `, the first item not before ${formatDuration(options.delaySeconds * 1000)} have passed`
    : '';
  return `Creates “${name}” with ${items} for ${title}, and ${WHEN[start]}${delay}.${keepOpen ? ' It stays open for more items until it is sealed.' : ''} ${summary(options, defaults)}`;
}
