'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useChangeImport } from '@/lib/client/mutations/imports';
import type { FieldSource, ImportDto, Mapping } from '@/lib/contracts/import';

export interface MappingDraft {
  mapping: Mapping;
  set: (path: string, source: FieldSource | null) => void;
  replace: (mapping: Mapping) => void;
  /** the column that names the items; null: the job type does */
  nameBy: string | null;
  setNameBy: (column: string | null) => void;
  /** the mapping has changes that the server does not have yet */
  pending: boolean;
  error: Error | null;
}

const SAVE_MS = 400;

/** The mapping while it is edited. Changes are shown at once and saved after a debounce. */
export function useMappingDraft(found: ImportDto | undefined): MappingDraft {
  const [local, setLocal] = useState<Mapping | null>(null);
  const change = useChangeImport();
  const naming = useChangeImport();
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
            // Keeps changes that were typed during the request until they are saved too.
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
  // Another import starts with its own mapping.
  useEffect(() => {
    clearTimeout(timer.current);
    setLocal(null);
  }, [id]);

  const mapping = local ?? found?.mapping ?? {};
  const set = (path: string, source: FieldSource | null) => {
    const { [path]: _, ...rest } = mapping;
    save(source ? { ...rest, [path]: source } : rest);
  };
  return {
    mapping,
    set,
    replace: save,
    nameBy: (naming.isPending ? naming.variables.nameBy : found?.nameBy) ?? null,
    setNameBy: (nameBy) => id && naming.mutate({ id, nameBy }),
    pending: local !== null || naming.isPending,
    error: change.error ?? naming.error,
  };
}
