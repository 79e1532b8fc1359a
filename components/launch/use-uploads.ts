'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { keepUploaded } from './draft-store';
import { storedOf, type Upload, Uploads } from './uploads';
import type { DraftState } from './use-draft';

const NONE: readonly Upload[] = [];

/**
 * The files of the shown draft. Uploaded files are stored in the draft, so that a reload does not upload them again.
 * Each job type has its own files; uploads for hidden types continue.
 */
export function useUploads({ draft, change }: DraftState): { uploads: Uploads; list: readonly Upload[] } {
  const [byType] = useState(() => new Map<string, Uploads>());
  const type = draft?.type ?? '';
  const known = byType.get(type);
  const uploads = known ?? new Uploads(draft?.uploaded);
  // Before the draft is loaded nothing is stored, because the draft's files would be missing.
  if (!known && draft) byType.set(type, uploads);
  const [hidden] = useState(() => new Map<Uploads, () => void>());
  useEffect(() => {
    hidden.get(uploads)?.();
    // An upload that ends while another draft or page is shown is stored in its own draft.
    return () => {
      if (type)
        hidden.set(
          uploads,
          uploads.watch(() => keepUploaded(type, storedOf(uploads.list()))),
        );
    };
  }, [uploads, type, hidden]);
  const list = useSyncExternalStore(uploads.watch, uploads.list, () => NONE);

  const done = storedOf(list);
  const ids = done.map((file) => file.fileId).join();
  const latest = useRef(done);
  latest.current = done;
  const keptIds = draft?.uploaded.map((file) => file.fileId).join();
  useEffect(() => {
    if (keptIds !== undefined && keptIds !== ids) change({ uploaded: latest.current });
  }, [ids, keptIds, change]);

  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if ([...byType.values()].some((each) => each.busy)) event.preventDefault();
    };
    globalThis.addEventListener('beforeunload', ask);
    return () => globalThis.removeEventListener('beforeunload', ask);
  }, [byType]);

  return { uploads, list };
}
