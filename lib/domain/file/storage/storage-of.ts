import { env } from '@/lib/config/env';
import { localStorage } from './local';
import type { Storage, StorageKind } from './storage';

let s3: Promise<Storage> | undefined;

/** Returns the storage of a file's row. A file stays in its storage when the configuration changes. */
export async function storageOf(kind: StorageKind): Promise<Storage> {
  if (kind === 'local') return localStorage;
  // Loaded at the first use, because the client is large and most installations have no bucket.
  s3 ??= import('./s3').then(({ createS3Storage }) => createS3Storage());
  return s3;
}

/** Returns the storage for new files. */
export const currentStorage = (): Promise<Storage> => storageOf(env().S3_BUCKET ? 's3' : 'local');
