'use client';

import { useCallback, useEffect, useState } from 'react';
import { hasSample, loadSample } from '@/components/shared/samples';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { stringifyJson } from '@/lib/contracts/json';
import type { Draft } from './draft';
import type { Uploads } from './uploads';
import type { DraftState } from './use-draft';

const isEmpty = ({ paste, form, uploaded }: Draft): boolean =>
  paste.trim() === '' && uploaded.length === 0 && Object.values(form).every((text) => text.trim() === '');

/**
 * Returns a function that fills a draft without items with the sample of its type; null if there is nothing to fill.
 * @param wanted the address asks for the sample
 */
export function useSample(
  jobType: JobTypeDto | undefined,
  { draft, change }: DraftState,
  uploads: Uploads,
  wanted: boolean,
): (() => Promise<void>) | null {
  const isReady = jobType !== undefined && draft?.type === jobType.type;
  const possible = isReady && hasSample(jobType) && isEmpty(draft);
  const take = useCallback(async () => {
    if (!jobType) return;
    const sample = await loadSample(jobType);
    if ('files' in sample) {
      uploads.add(sample.files.map((file) => ({ file, name: file.name })));
      change((now) => ({ source: 'files', ofFiles: { ...now.ofFiles, ...sample.fields } }));
    } else {
      const paste = `[\n${sample.items.map((item) => `  ${stringifyJson(item)}`).join(',\n')}\n]`;
      change({ source: 'paste', paste, pasteFormat: 'auto' });
    }
  }, [jobType, uploads, change]);
  // Decided once, when the draft is there: who empties it, be it a sample or their own, wants it empty.
  const [decided, setDecided] = useState(false);
  useEffect(() => {
    if (!wanted || decided || !isReady) return;
    setDecided(true);
    if (possible) void take();
  }, [wanted, decided, isReady, possible, take]);
  return possible ? take : null;
}
