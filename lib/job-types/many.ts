import { types } from 'node:util';
import { PermanentError } from './failures';

/**
 * Returns what a call of `runMany` answered, one outcome for each item: its output, or an `Error`.
 * @throws PermanentError `invalid-result` if it is no array of that length
 */
export function outcomesOf(answer: unknown, count: number): unknown[] {
  if (Array.isArray(answer) && answer.length === count) return Array.from(answer, (one) => errorOf(one) ?? one);
  const returned = Array.isArray(answer) ? `${answer.length} outcomes` : 'no array of outcomes';
  throw new PermanentError(
    `runMany returned ${returned} for ${count === 1 ? '1 item' : `${count} items`}. Return an array with an output or an Error for each item, in their order.`,
    'invalid-result',
  );
}

/** Errors of another realm, such as a sandbox of a test, are no instances of `Error`. */
function errorOf(outcome: unknown): Error | undefined {
  if (outcome instanceof Error) return outcome;
  if (!types.isNativeError(outcome)) return undefined;
  const { name, message, stack, ...own } = outcome as Error;
  return Object.assign(new Error(message), own, { name, ...(stack === undefined ? {} : { stack }) });
}
