import { isObject, stringifyJson } from '@/lib/contracts/json';
import { MAX_METADATA_BYTES, MAX_METADATA_KEYS } from '@/lib/contracts/metadata';
import { DomainError } from './errors';

/** @throws DomainError `invalid-metadata` if it is too large or has too many keys */
export function checkMetadata(metadata: Record<string, unknown> | undefined): void {
  if (metadata === undefined) return;
  const message = faultOf(metadata);
  if (message === undefined) return;
  throw new DomainError('invalid-metadata', `The metadata ${message}. Nothing was stored.`, {
    errors: [{ path: 'metadata', message }],
  });
}

function faultOf(metadata: Record<string, unknown>): string | undefined {
  const bytes = Buffer.byteLength(stringifyJson(metadata));
  if (bytes > MAX_METADATA_BYTES) return `has ${bytes} bytes as JSON, at most ${MAX_METADATA_BYTES} are kept`;
  const keys = countKeys(metadata);
  if (keys > MAX_METADATA_KEYS) return `has ${keys} keys at all depths, at most ${MAX_METADATA_KEYS} are kept`;
  return undefined;
}

function countKeys(value: unknown): number {
  if (!isObject(value)) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner) => sum + countKeys(inner), own);
}
