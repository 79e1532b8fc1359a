import { PermanentError } from './failures';

/** The most steps of one job, and the most bytes of JSON that they return together. */
export const MAX_STEPS = 100;
export const MAX_STEP_BYTES = 1024 ** 2;
const MAX_NAME = 200;

/** Returns why a step can't be made: its name, or another step of the attempt. @param used the names so far */
export function stepProblem(name: unknown, used: ReadonlySet<string>): PermanentError | undefined {
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME || /\p{Cc}|\p{Surrogate}/u.test(name)) {
    return new PermanentError(`The name of a step is a text of 1 to ${MAX_NAME} printable characters.`, 'invalid-step');
  }
  if (!used.has(name)) return undefined;
  return new PermanentError(
    `There are two steps named ${name} in one run, and the name decides which result is remembered. Give each its own, such as ${name}-2.`,
    'duplicate-step',
  );
}
