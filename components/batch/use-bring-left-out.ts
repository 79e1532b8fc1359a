'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { describeError } from '@/lib/client/api';
import { useCreateImport } from '@/lib/client/mutations/imports';
import { uploadFile } from '@/lib/client/mutations/launch';
import type { BatchTableDto } from '@/lib/contracts/import';

/** Uploads corrected rows as a new import with the mapping of the original import, and opens it. */
export function useBringLeftOut({ importId, type }: BatchTableDto) {
  const router = useRouter();
  const create = useCreateImport();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const bring = async (file: File): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { fileId } = await uploadFile(file);
      const made = await create.mutateAsync({ type, fileIds: [fileId], like: importId });
      router.push(`/batches/new?import=${made.import.id}`);
    } catch (cause) {
      setError(describeError(cause));
      setBusy(false);
    }
  };
  return { bring, busy, error };
}
