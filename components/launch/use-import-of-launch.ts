'use client';

import { useCallback, useEffect } from 'react';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { useChangeImport } from '@/lib/client/mutations/imports';
import { useImport } from '@/lib/client/queries/imports';
import type { DraftState } from './use-draft';

/**
 * The table of a launch, named by the address: a reload or a colleague goes on where it was. Its job type is the
 * launch's, whichever was chosen last.
 */
export function useImportOfLaunch(importId: string | null, { draft, change, choose }: DraftState) {
  const [, setUrl] = useUrlFilters();
  const { data: found, error, refetch } = useImport(importId);
  const { mutate: changeImport } = useChangeImport();
  const type = found?.type;
  const id = found?.id;
  const ready = draft !== null;

  // What the table is for is known to the server; the draft may be of another day.
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
      // Refused while a worker is at it: then the choice goes back to what holds.
      changeImport({ id, type: next }, { onError: () => choose(type) });
    },
    [id, type, choose, changeImport],
  );
  return { found, error, retry: () => void refetch(), open, close, setType };
}
