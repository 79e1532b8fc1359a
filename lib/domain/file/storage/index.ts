import { env } from '@/lib/config/env';
import { localStorage } from './local';
import { createS3Storage } from './s3';
import type { Storage, StorageKind } from './storage';

export type { ByteRange, StorageKind } from './storage';

let s3: Storage | undefined;

/** The storage that a file's row names. A file stays where it was stored when the configuration changes. */
export function storageOf(kind: StorageKind): Storage {
  if (kind === 'local') return localStorage;
  s3 ??= createS3Storage();
  return s3;
}

/** Where new files go. */
export const currentStorage = (): Storage => storageOf(env().S3_BUCKET ? 's3' : 'local');
