'use client';

import { useDeferredValue, useEffect, useState } from 'react';
import { links } from '@/lib/client/links';
import { useBatches } from '@/lib/client/queries/batches';
import { useJobs } from '@/lib/client/queries/jobs';
import { useSearch } from '@/lib/client/queries/system';
import { useViews } from '@/lib/client/queries/views';
import type { SearchHit } from '@/lib/contracts/search';
import type { BatchStatus, JobStatus } from '@/lib/contracts/status';
import { DESTINATIONS, useOffered } from './navigation';

export interface Hit {
  id: string;
  group: 'Go to' | 'Views' | 'Batches' | 'Jobs' | 'In documents';
  href: string;
  title: string;
  /** one line of detail: an excerpt */
  detail?: string;
  /** the job type, shown instead of `detail` */
  type?: string;
  status?: BatchStatus | JobStatus;
}

function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

const matches = (words: string, text: string) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));

const onePerJob = (found: readonly SearchHit[]): SearchHit[] =>
  found.filter((hit, i) => found.findIndex((other) => other.jobId === hit.jobId) === i).slice(0, 8);

/** Returns everything that matches the text: pages at once, other records after a debounce. */
export function useSearchHits(text: string): { hits: Hit[]; searching: boolean; failed: boolean } {
  const typed = useDeferredValue(text.trim());
  const q = useSettled(typed, 180);
  const enabled = q !== '';
  const batches = useBatches({ q: q || undefined }, { limit: 5 });
  const jobs = useJobs({ q }, { limit: 5, enabled });
  const documents = useSearch(q, { limit: 30 });
  const pages = useOffered(DESTINATIONS).filter((item) => matches(typed, `${item.title} ${item.words}`));
  const { data: views = [] } = useViews();
  const saved = enabled ? views.filter((view) => matches(typed, `${view.name} view ${view.of}`)).slice(0, 5) : [];
  const hits: Hit[] = [
    ...pages.map((r): Hit => ({ id: r.href, group: 'Go to', href: r.href, title: r.title })),
    ...saved.map(
      (v): Hit => ({ id: v.id, group: 'Views', href: links.view(v), title: v.name, detail: `${v.of}: ${v.query}` }),
    ),
    ...(batches.data?.pages[0]?.batches ?? []).map(
      (b): Hit => ({
        id: b.id,
        group: 'Batches',
        href: `/batches/${b.id}`,
        title: b.name,
        type: b.type,
        status: b.status,
      }),
    ),
    ...(enabled ? (jobs.data?.pages[0]?.jobs ?? []) : []).map(
      (j): Hit => ({ id: j.id, group: 'Jobs', href: `/jobs/${j.id}`, title: j.name, type: j.type, status: j.status }),
    ),
    // Several passages of one document are shown as one hit, the best.
    ...(enabled ? onePerJob(documents.data ?? []) : []).map(
      (h): Hit => ({
        id: h.jobId,
        group: 'In documents',
        href: `/jobs/${h.jobId}`,
        title: h.title,
        detail: h.text,
      }),
    ),
  ];
  return {
    hits,
    searching: q !== typed || batches.isFetching || (enabled && (jobs.isFetching || documents.isFetching)),
    failed: batches.isError || (enabled && (jobs.isError || documents.isError)),
  };
}
