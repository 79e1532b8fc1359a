'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useLaunchImport } from '@/lib/client/mutations/imports';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { ImportDto } from '@/lib/contracts/import';
import { explain, type Refusal } from './use-launching';

/** Launches an import and opens its batch when a worker has written it. Also follows a launch by another user. */
export function useImportLaunch(found: ImportDto | undefined, key: string, onLaunched: () => void) {
  const router = useRouter();
  const launch = useLaunchImport();
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [sent, setSent] = useState<string | null>(null);
  const opened = useRef(false);
  const batchId = found?.status === 'launched' ? found.batchId : null;

  useEffect(() => {
    if (!batchId || opened.current) return;
    opened.current = true;
    setLeaving(true);
    onLaunched();
    router.push(`/batches/${batchId}`);
  }, [batchId, onLaunched, router]);

  const send = (fields: Omit<LaunchFields, 'type'>, skipBad: boolean) => {
    if (!found || launch.isPending) return;
    setRefused(null);
    setSent(key);
    launch.mutate(
      { id: found.id, skipBad, ...fields },
      { onError: (error) => setRefused({ ...explain(error), at: Date.now(), key }) },
    );
  };
  const busy = launch.isPending || found?.status === 'launching' || leaving;
  return {
    send,
    busy,
    leaving,
    refusal: refused ?? refusalOf(found, key),
    running: sent === key ? (found?.refusal?.batchId ?? null) : null,
  };
}

/** Returns why the worker could not write the batch. */
function refusalOf(found: ImportDto | undefined, key: string): Refusal | null {
  const refusal = found?.refusal;
  if (!refusal || refusal.batchId) return null;
  const full = refusal.code === 'capacity-reached';
  return {
    kind: full ? 'capacity' : 'other',
    title: full ? 'At capacity' : 'The batch was not created',
    detail: refusal.message,
    issues: refusal.errors ?? [],
    running: refusal.running?.map((batch) => batch.name) ?? [],
    at: Date.parse(found.updatedAt),
    key,
  };
}
