import { useEffect, useState } from 'react';
import type { OptionsDraft } from '@/components/shared/batch-options';
import { whenIdle } from '@/components/ui/on-demand';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';

type Read = typeof import('@/components/shared/option-fields').readOptions;

interface CheckedOptions {
  options: BatchOptions;
  /** errors, by field */
  issues: Record<string, string>;
  /** what checks them is still being loaded */
  pending: boolean;
}

const NONE: CheckedOptions = { options: {}, issues: {}, pending: false };

/** Checks the typed options. The schemas are loaded when there is something to check, or when the page is idle. */
export function useOptionsCheck(
  draft: OptionsDraft | undefined,
  defaults: JobTypeDefaults | undefined,
): CheckedOptions {
  const [read, setRead] = useState<Read | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  const isTyped = Object.values(draft ?? {}).some((value) => value !== '');
  useEffect(() => {
    let left = false;
    const load = () =>
      import('@/components/shared/option-fields').then(
        ({ readOptions }) => left || setRead(() => readOptions),
        (error: Error) => left || setFailure(error),
      );
    const callOff = isTyped ? void load() : whenIdle(load);
    return () => {
      left = true;
      callOff?.();
    };
  }, [isTyped]);
  // The page says so: without its scripts nothing here works.
  if (failure) throw failure;
  if (!draft || !defaults || !isTyped) return NONE;
  return read ? { ...read(draft, defaults), pending: false } : { ...NONE, pending: true };
}
