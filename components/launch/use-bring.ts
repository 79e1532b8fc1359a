'use client';

import { useEffect, useRef, useState } from 'react';
import { describeError } from '@/lib/client/api';
import { uploadFile } from '@/lib/client/mutations/upload-file';
import { useCreateImport } from '@/lib/client/mutations/use-import-mutations';

export interface Sending {
  name: string;
  /** bytes of all files */
  sent: number;
  total: number;
}

/** Brings a table to the server: uploads its files with progress, then begins an import of them. */
export function useBring(type: string, onBrought: (importId: string) => void) {
  const create = useCreateImport();
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

  return {
    sending,
    error,
    busy: sending !== null || create.isPending,
    bringFiles,
    bringText: (text: string) => bringFiles([new File([text], 'pasted rows.txt', { type: 'text/plain' })]),
    bringUrl: (url: string) => run(() => begin({ url })),
    cancel: () => controller.current?.abort(),
  };
}
