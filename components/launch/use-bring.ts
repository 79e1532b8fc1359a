'use client';

import { useEffect, useRef, useState } from 'react';
import { describeError } from '@/lib/client/api';
import { useChangeImport, useCreateImport } from '@/lib/client/mutations/imports';
import { uploadFile } from '@/lib/client/mutations/launch';
import type { Mapping } from '@/lib/contracts/import';
import type { Found } from './dropped-files';

export interface Sending {
  name: string;
  /** bytes sent, over all files */
  sent: number;
  total: number;
}

/** Uploads a table's files with progress, then creates an import of them. */
export function useBring(type: string, onBrought: (importId: string) => void) {
  const create = useCreateImport();
  const change = useChangeImport();
  // Several files, until the user chooses between one table and items.
  const [held, setHeld] = useState<readonly Found[]>([]);
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<string | null>(null);
  const controller = useRef<AbortController | null>(null);

  useEffect(() => {
    if (!sending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener('beforeunload', ask);
    return () => globalThis.removeEventListener('beforeunload', ask);
  }, [sending]);

  const begin = async (from: { fileIds: string[] } | { url: string }) => {
    const made = await create.mutateAsync({ type, ...from });
    onBrought(made.import.id);
  };

  const run = async (work: (signal: AbortSignal) => Promise<void>) => {
    controller.current?.abort();
    const own = new AbortController();
    controller.current = own;
    setError(null);
    try {
      await work(own.signal);
    } catch (cause) {
      if (!own.signal.aborted) setError(describeError(cause));
    } finally {
      if (controller.current === own) setSending(null);
    }
  };

  const bringFiles = (files: readonly File[]) =>
    run(async (signal) => {
      const total = files.reduce((sum, file) => sum + file.size, 0);
      const fileIds: string[] = [];
      let before = 0;
      for (const file of files) {
        setSending({ name: file.name, sent: before, total });
        const onProgress = (sent: number) => setSending({ name: file.name, sent: before + sent, total });
        fileIds.push((await uploadFile(file, { signal, onProgress })).fileId);
        before += file.size;
      }
      await begin({ fileIds });
    });

  /** Imports one file. For several, the user chooses between one table and items. */
  const take = (found: readonly Found[]) => {
    setError(found.length === 0 ? 'The drop contained no file.' : null);
    const [first, another] = found;
    setHeld(another ? found : []);
    if (first && !another) void bringFiles([first.file]);
  };

  /** Imports files that were uploaded before, each as a row, with an initial mapping. */
  const bringStored = (fileIds: string[], mapping: Mapping) =>
    run(async () => {
      const { import: made } = await create.mutateAsync({ type, fileIds, content: 'files' });
      if (Object.keys(mapping).length > 0) {
        await change.mutateAsync({ id: made.id, mapping: { ...made.mapping, ...mapping } });
      }
      onBrought(made.id);
    });

  return {
    sending,
    error,
    busy: sending !== null || create.isPending || change.isPending,
    held,
    take,
    release: () => setHeld([]),
    /** shows why dropped files can't be used */
    refuse: setError,
    bringHeld: () => {
      setHeld([]);
      return bringFiles(held.map(({ file }) => file));
    },
    bringStored,
    bringText: (text: string) => bringFiles([new File([text], 'pasted rows.txt', { type: 'text/plain' })]),
    bringUrl: (url: string) => run(() => begin({ url })),
    cancel: () => controller.current?.abort(),
  };
}
