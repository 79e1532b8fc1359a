import { env } from '@/lib/config/env';
import { localStorage } from './local';
import type { Storage, StorageKind } from './storage';

let s3: Promise<Storage> | undefined;

/** The storage that a file's row names. A file stays where it was stored when the configuration changes. */
export async function storageOf(kind: StorageKind): Promise<Storage> {
  if (kind === 'local') return localStorage;
  // Loaded when first needed: the client is large, and most installations have no bucket.
  s3 ??= import('./s3').then(({ createS3Storage }) => createS3Storage());
  return s3;
}

/** Where new files go. */
export const currentStorage = (): Promise<Storage> => storageOf(env().S3_BUCKET ? 's3' : 'local');
