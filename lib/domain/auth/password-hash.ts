import { availableParallelism } from 'node:os';
import { hashPassword as hash, verifyPassword as verify } from 'better-auth/crypto';
import { DomainError } from '@/lib/domain/errors';

/**
 * scrypt runs in the threads that files and name lookups use too, so it may not take all four of them. One core stays free
 * for the event loop: on a machine with two, everybody else's requests would wait for the hashes.
 */
const PARALLEL = Math.max(1, Math.min(2, availableParallelism() - 1));
/** About 3 s of waiting, at 0.1 s for each hash. */
const MAX_WAITING = 40;
/** How many passwords are hashed or wait for it; any further one is refused. */
export const MAX_AT_ONCE = PARALLEL + MAX_WAITING;

let running = 0;
const waiting: (() => void)[] = [];

/** Waits for one of the threads. @throws DomainError `unavailable` if too many wait already */
async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= PARALLEL) {
    if (waiting.length >= MAX_WAITING) {
      throw new DomainError('unavailable', 'Too many passwords are being checked just now. Try again in a moment.', {
        retryAfterSeconds: 2,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** Hashes a password (scrypt, with a random salt). @throws DomainError `unavailable` under too many at once */
export const hashPassword = (password: string): Promise<string> => bounded(() => hash(password));

/** Returns whether a password has this hash. @throws DomainError `unavailable` under too many at once */
export const verifyPassword = (given: { hash: string; password: string }): Promise<boolean> =>
  bounded(() => verify(given));
