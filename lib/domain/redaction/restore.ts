import { isFields, stringifyJson } from '@/lib/contracts/json';
import { REDACTED, type RedactionRoot } from '@/lib/contracts/redaction-paths';
import { DomainError } from '@/lib/domain/errors';
import type { Door } from './door';

/** Whether a value holds something that is redacted for the one who sent it. */
export const holdsRedacted = (value: unknown): boolean =>
  (typeof value === 'string' ? value : stringifyJson(value ?? null)).includes(REDACTED);

/**
 * Returns an edited value with what was redacted for its editor: whatever came back as it was shown keeps the stored
 * value.
 * @throws DomainError `invalid-data` if something redacted was moved or changed in part
 */
export async function restore(door: Door, next: unknown, stored: unknown, root: RedactionRoot): Promise<unknown> {
  if (door.level !== 'redacted' || !holdsRedacted(next)) return next;
  const restored = merge(next, stored, await door.whole(stored, root));
  if (!holdsRedacted(restored)) return restored;
  throw new DomainError(
    'invalid-data',
    `The input holds ${REDACTED} where the stored one has something else. Leave what is redacted as it is.`,
    { errors: [{ path: root, message: `holds ${REDACTED}` }] },
  );
}

function merge(next: unknown, stored: unknown, shown: unknown): unknown {
  if (stringifyJson(next ?? null) === stringifyJson(shown ?? null)) return stored;
  if (Array.isArray(next) && Array.isArray(stored) && Array.isArray(shown)) {
    return next.map((item, i) => (i < shown.length ? merge(item, stored[i], shown[i]) : item));
  }
  if (!isFields(next) || !isFields(stored) || !isFields(shown)) return next;
  return Object.fromEntries(
    Object.entries(next).map(([key, value]) =>
      Object.hasOwn(shown, key) && Object.hasOwn(stored, key)
        ? [key, merge(value, stored[key], shown[key])]
        : [key, value],
    ),
  );
}
