'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useChangeImport } from '@/lib/client/mutations/imports';
import type { FieldSource, ImportDto, Mapping } from '@/lib/contracts/import';

export interface MappingDraft {
  mapping: Mapping;
  set: (path: string, source: FieldSource | null) => void;
  replace: (mapping: Mapping) => void;
  /** typed, and not yet with the server */
  pending: boolean;
  error: Error | null;
}

const SAVE_MS = 400;

/** The mapping as it is being edited: what is typed shows at once, and goes to the server when the hands rest. */
export function useMappingDraft(found: ImportDto | undefined): MappingDraft {
  const [local, setLocal] = useState<Mapping | null>(null);
  const change = useChangeImport();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef<Mapping | null>(null);
  const id = found?.id;

  const save = useCallback(
    (mapping: Mapping) => {
      latest.current = mapping;
      setLocal(mapping);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        if (!id) return;
        change.mutate(
          { id, mapping },
          {
            // What was typed meanwhile stays on the screen until it is saved itself.
            onSuccess: () => {
              if (latest.current === mapping) setLocal(null);
            },
          },
        );
      }, SAVE_MS);
    },
    [id, change.mutate],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  // Another import begins with its own mapping.
  useEffect(() => {
    clearTimeout(timer.current);
    setLocal(null);
  }, [id]);

  const mapping = local ?? found?.mapping ?? {};
  const set = (path: string, source: FieldSource | null) => {
    const { [path]: _, ...rest } = mapping;
    save(source ? { ...rest, [path]: source } : rest);
  };
  return { mapping, set, replace: save, pending: local !== null, error: change.error };
}
