import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import type { SlowDto, TimeCause } from '@/lib/contracts/slow';

/** What a share of the time is called in the list. */
export const CAUSE_WORDS: Record<TimeCause, string> = {
  work: 'Work itself',
  concurrency: 'Waiting for the concurrency',
  workers: 'Waiting for the workers',
  rate: 'Waiting for the rate',
  others: 'Waiting for other batches',
  retries: 'Between attempts',
  paused: 'Paused',
  start: 'Waiting for its start',
  items: 'Waiting for more items',
  queue: 'Queue and delivery',
};

const about = (ms: number): string => `about ${formatDuration(ms)}`;

/** What holds the batch up, and what to do about it. */
export interface LimiterWords {
  sentence: string;
  advice: string;
}

/** Names the limiter in a sentence, and says what to do. */
export function limiterWords(slow: SlowDto): LimiterWords | null {
  const { limiter, slowest, work } = slow;
  if (!limiter) return null;
  const { limit, suggestion } = limiter;
  const would = slow.isRunning ? 'it would end in' : 'it would have taken';
  const known = limit === null ? '' : formatNumber(limit);
  switch (limiter.cause) {
    case 'concurrency':
      return {
        sentence: `The limit of ${known} at a time is the brake.`,
        advice: suggestion
          ? `At ${formatNumber(suggestion.value)} ${would} ${about(suggestion.ms)}. Raise the concurrency.`
          : 'The workers have no more places for this type. Add worker processes, then raise it.',
      };
    case 'rate':
      return {
        sentence: `The rate of ${known} a minute is the brake.`,
        advice: suggestion
          ? `At ${formatNumber(suggestion.value)} a minute ${would} ${about(suggestion.ms)}, if what it calls allows that.`
          : 'Raise the rate if what it calls allows that.',
      };
    case 'workers':
      return limit === 0
        ? { sentence: 'No worker runs this type.', advice: 'Start workers.' }
        : {
            sentence: `The ${limit === null ? '' : `${known} `}places of the workers were taken.`,
            advice: 'Add worker processes or machines.',
          };
    case 'others':
      return {
        sentence: `Other work came first: ${formatCount(slow.others, 'other batch', 'other batches')} ran at the same time.`,
        advice: 'Give it a higher priority, or allow more batches at once.',
      };
    case 'retries':
      return {
        sentence: `Items waited to be tried again: ${formatCount(work.failedAttempts, 'attempt')} did not complete.`,
        advice: 'See why they failed. A shorter backoff helps only if the cause is gone sooner.',
      };
    case 'paused':
      return {
        sentence: 'It was paused for most of the time.',
        advice: slow.isRunning ? 'Resume it.' : 'Nothing limits it.',
      };
    case 'start':
      return { sentence: 'It waited for its start.', advice: 'Start it now, or launch it without a delay.' };
    case 'items':
      return { sentence: 'It waited for more items.', advice: 'Add the rest, or seal it.' };
    case 'queue':
      return {
        sentence: 'Delivery took most of the time: nothing of its own limits it.',
        advice: 'Very short items cost more to deliver than to run. If they are not short, examine the batch.',
      };
    case 'work': {
      const longest = slowest[0];
      return {
        sentence: `The work itself takes the time: ${work.meanMs === null ? 'nothing' : formatDuration(work.meanMs)} on average.`,
        advice: longest
          ? `Nothing holds it up. The longest item took ${formatDuration(longest.durationMs)}: ${longest.name}.`
          : 'Nothing holds it up.',
      };
    }
  }
}

/** What was estimated, for the note under the shares. */
export function estimatedWords({ estimated }: SlowDto): string | null {
  const words = {
    sample: 'the shares, from a part of the items',
    others: 'the part of other batches',
    workers: 'the places of the workers, which are known for a day',
  };
  return estimated.length === 0 ? null : `Estimated: ${estimated.map((each) => words[each]).join('; ')}.`;
}
