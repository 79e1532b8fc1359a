'use client';

import { useCallback, useEffect } from 'react';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { useChangeImport } from '@/lib/client/mutations/imports';
import { useImport } from '@/lib/client/queries/imports';
import type { DraftState } from './use-draft';

/**
 * Returns the import that the URL names, so that a reload or a colleague can continue it. Its job type becomes the type
 * of the launch, regardless of the last chosen type.
 */
export function useImportOfLaunch(importId: string | null, { draft, change, choose }: DraftState) {
  const [, setUrl] = useUrlFilters();
  const { data: found, error, refetch } = useImport(importId);
  const { mutate: changeImport } = useChangeImport();
  const type = found?.type;
  const id = found?.id;
  const ready = draft !== null;

  // The server knows the import's job type; the draft may be older.
  useEffect(() => {
    if (ready && type) choose(type);
  }, [ready, type, choose]);

  const open = useCallback(
    (next: string) => {
      change({ source: 'paste', skipBad: false, name: null });
      setUrl({ import: next });
    },
    [change, setUrl],
  );
  const close = useCallback(() => {
    change({ skipBad: false, name: null });
    setUrl({ import: '' });
  }, [change, setUrl]);
  const setType = useCallback(
    (next: string) => {
      if (!id || !type || next === type) return;
      // The server refuses this while a worker processes the import. Then the choice returns to the import's type.
      changeImport({ id, type: next }, { onError: () => choose(type) });
    },
    [id, type, choose, changeImport],
  );
  return { found, error, retry: () => void refetch(), open, close, setType };
}
