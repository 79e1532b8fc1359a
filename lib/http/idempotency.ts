import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { findRequestHash, type Keyed, keyReused, type Repeatable } from '@/lib/domain/idempotency';
import { requestHash } from './body';
import { IDEMPOTENCY_KEY_LENGTH } from './limits';

/** Keys that schedules launch with (`lib/domain/schedule`). Who took one would make its firing adopt a foreign launch. */
const OF_SCHEDULES = /^schedule:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:/i;

/**
 * The Idempotency-Key header.
 * @throws DomainError `invalid-request` when it is empty or too long, `idempotency-key-reused` for a key of a schedule
 */
function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (OF_SCHEDULES.test(key)) {
    throw new DomainError(
      'idempotency-key-reused',
      'Keys of the form schedule:<id>:… belong to the firings of schedules. Use another key.',
      {
        errors: [{ path: 'Idempotency-Key', message: 'belongs to a schedule' }],
      },
    );
  }
  if (key.length > 0 && key.length <= IDEMPOTENCY_KEY_LENGTH) return key;
  const message = `must have 1 to ${IDEMPOTENCY_KEY_LENGTH} characters`;
  throw new DomainError('invalid-request', `The header Idempotency-Key ${message}.`, {
    errors: [{ path: 'Idempotency-Key', message }],
  });
}

/**
 * Returns the idempotency key of a request, and the hash of the request.
 * @throws DomainError `invalid-request`, `idempotency-key-reused`
 */
export function repeatableOf(request: Request): Repeatable {
  const idempotencyKey = idempotencyKeyOf(request);
  return idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: () => requestHash(request) };
}

/**
 * Returns the error for a rejected request with a key. If the key was used for another request, that error takes
 * precedence.
 */
export async function keyedRefusal(
  error: unknown,
  request: Request,
  { context, kind, batchId }: { context: Context; kind: Keyed; batchId: string },
): Promise<unknown> {
  const key = request.headers.get('idempotency-key');
  // The hash would need the rest of a body that was rejected because it is too long.
  if (error instanceof DomainError && error.code === 'payload-too-large') return error;
  if (!key || key.length > IDEMPOTENCY_KEY_LENGTH || !(error instanceof DomainError) || error.status >= 500)
    return error;
  const kept = await findRequestHash(context, kind, key, batchId);
  return typeof kept === 'string' && kept !== (await requestHash(request)) ? keyReused() : error;
}
