import { DomainError } from '@/lib/domain/errors';
import { isJobType } from '@/lib/job-types/catalogue';

/** Queues of ours that are no job types. */
const RESERVED = ['quarantine', 'probe'];

/** Whether a queue belongs to other clients: our own consumers would run what is added to one of ours. */
export const isForeignQueue = (name: string): boolean => !isJobType(name) && !RESERVED.includes(name);

/** @throws DomainError `invalid-request` if it is a queue of ours */
export function requireForeignQueue(name: string | undefined): void {
  if (name === undefined || isForeignQueue(name)) return;
  const message = `${name} is a queue of Batchyard itself. Its workers would run what is added to it.`;
  throw new DomainError('invalid-request', `The dead-letter queue can’t be used: ${message}`, {
    errors: [{ path: 'options.deadLetterQueue', message }],
  });
}
