'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Upload, Uploads } from './uploads';
import type { DraftState } from './use-draft';

const NONE: readonly Upload[] = [];

/** The launch's files. What the server already has is kept in the draft, so that a reload uploads nothing twice. */
export function useUploads({ draft, change }: DraftState): { uploads: Uploads; list: readonly Upload[] } {
  const [uploads] = useState(() => new Uploads());
  const list = useSyncExternalStore(uploads.watch, uploads.list, () => NONE);
  const restored = useRef(false);

  useEffect(() => {
    if (!draft || restored.current) return;
    restored.current = true;
    if (draft.uploaded.length > 0) uploads.restore(draft.uploaded);
  }, [draft, uploads]);

  const done = list.flatMap((u) => (u.fileId ? [{ fileId: u.fileId, name: u.name, size: u.size }] : []));
  const ids = done.map((file) => file.fileId).join();
  const latest = useRef(done);
  latest.current = done;
  const keptIds = draft?.uploaded.map((file) => file.fileId).join();
  useEffect(() => {
    if (restored.current && keptIds !== undefined && keptIds !== ids) change({ uploaded: latest.current });
  }, [ids, keptIds, change]);

  const busy = list.some((u) => u.state === 'uploading' || u.state === 'waiting');
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener('beforeunload', ask);
    return () => globalThis.removeEventListener('beforeunload', ask);
  }, [busy]);

  return { uploads, list };
}
