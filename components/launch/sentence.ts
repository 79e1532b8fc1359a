import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { type EffectiveOptions, effectiveOptions } from '@/lib/contracts/effective-options';
import type { ImportCalls } from '@/lib/contracts/import';
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
  /** what the rows of a table call */
  calls?: ImportCalls | null | undefined;
}

const MANY_HOSTS = 1_000;

/** Returns `It will GET 200 addresses on 200 hosts.`: what leaves for others. */
function callsOf({ methods, hosts, host, unknown }: ImportCalls, count: number): string {
  const verb = methods.length === 1 && unknown === 0 ? methods[0] : 'call';
  if (host !== null && unknown === 0) {
    const kind = methods.length === 1 ? `${methods[0]} request` : 'request';
    return `It will send ${formatCount(count, kind)} to ${host}.`;
  }
  const addresses = `It will ${verb} ${formatNumber(count)} ${count === 1 ? 'address' : 'addresses'}`;
  if (hosts === 0) return `${addresses} that are known when they run.`;
  return `${addresses} on ${hosts >= MANY_HOSTS || unknown > 0 ? 'at least ' : ''}${formatCount(hosts, 'host')}.`;
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
  calls,
}: SentenceInput): string {
  const items = `${approximate ? 'about ' : ''}${formatCount(count, 'item')}`;
  const delay = options.delaySeconds
    ? `, the first item not before ${formatDuration(options.delaySeconds * 1000)} have passed`
    : '';
  return `Creates “${name}” with ${items} for ${title}, and ${WHEN[start]}${delay}.${calls ? ` ${callsOf(calls, count)}` : ''}${keepOpen ? ' It stays open for more items until it is sealed.' : ''} ${summary(options, defaults)}`;
}
