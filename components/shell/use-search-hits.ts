'use client';

import { useDeferredValue, useEffect, useState } from 'react';
import { links } from '@/lib/client/links';
import { useBatches } from '@/lib/client/queries/batches';
import { useFlows } from '@/lib/client/queries/flows';
import { useJobs } from '@/lib/client/queries/jobs';
import { useSchedules } from '@/lib/client/queries/schedules';
import { useSearch, useViewer } from '@/lib/client/queries/system';
import { useViews } from '@/lib/client/queries/views';
import type { SearchHit } from '@/lib/contracts/search';
import { DESTINATIONS, useOffered } from './navigation';
import { best, EACH, fitOf, type Hit } from './palette/match';
import { readRecent } from './palette/recent';
import { useFurtherHits } from './palette/use-further-hits';
import { type PaletteDialog, usePaletteActions } from './palette/use-palette-actions';

function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

const onePerJob = (found: readonly SearchHit[]): SearchHit[] =>
  found.filter((hit, i) => found.findIndex((other) => other.jobId === hit.jobId) === i).slice(0, 8);

/** Returns what fits the text of what needs no request: pages, actions, views, and what was chosen last. */
function useOwnHits(
  typed: string,
  show: (dialog: PaletteDialog) => void,
): { things: Hit[]; actions: Hit[]; recent: Hit[] } {
  const { data: viewer } = useViewer();
  const pages = best(typed, useOffered(DESTINATIONS));
  const { data: views = [] } = useViews();
  const saved = best(
    typed,
    views.map((view) => ({ view, title: view.name, words: `view ${view.of}` })),
  ).slice(0, EACH);
  const offered = usePaletteActions(show);
  const actions = best(typed, offered).map((action): Hit => ({ ...action, isAction: true }));
  const things = [
    ...pages.map((page): Hit => ({ id: page.href, group: 'Go to', href: page.href, title: page.title })),
    ...saved.map(
      ({ view }): Hit => ({
        id: view.id,
        group: 'Views',
        href: links.view(view),
        title: view.name,
        detail: `${view.of}: ${view.query}`,
      }),
    ),
  ];
  // Something that the role may no longer do, or that this page does not offer, is left out.
  const recent = (typed === '' && viewer ? readRecent(viewer.organization.id) : []).flatMap((entry): Hit[] => {
    const known = [...actions, ...things].find(({ id }) => id === entry.id);
    const hit =
      known ?? (entry.href === undefined ? undefined : { id: entry.id, title: entry.title, href: entry.href });
    return hit ? [{ ...hit, group: 'Recent' }] : [];
  });
  return { things, actions, recent };
}

/** Returns everything that fits the text: pages and actions at once, records after a debounce. */
export function useSearchHits(
  text: string,
  show: (dialog: PaletteDialog) => void,
): { hits: Hit[]; typed: string; searching: boolean; failed: boolean } {
  const typed = useDeferredValue(text.trim());
  const q = useSettled(typed, 180);
  const enabled = q !== '';
  const batches = useBatches({ q: q || undefined }, { limit: EACH });
  const jobs = useJobs({ q }, { limit: EACH, enabled });
  const flows = useFlows({ q }, { limit: EACH, enabled });
  const schedules = useSchedules(q, { limit: EACH, enabled });
  const documents = useSearch(q, { limit: 30 });
  const further = useFurtherHits(typed);
  const asked = [jobs, flows, schedules, documents, ...further.asked];
  const { things, actions, recent } = useOwnHits(typed, show);
  const shown = new Set(recent.map(({ id }) => id));
  const record =
    (group: string, path: string) =>
    (row: Pick<Hit, 'id' | 'status' | 'type'> & { name: string }): Hit => ({
      id: row.id,
      group,
      href: `${path}/${row.id}`,
      title: row.name,
      ...(row.type === undefined ? {} : { type: row.type }),
      ...(row.status === undefined ? {} : { status: row.status }),
    });
  const answered: Hit[] = [
    ...(batches.data?.pages[0]?.batches ?? []).map(record('Batches', '/batches')),
    ...(enabled ? (jobs.data?.pages[0]?.jobs ?? []) : []).map(record('Jobs', '/jobs')),
    ...(enabled ? (flows.data?.pages[0]?.flows ?? []) : []).map(({ id, name }) =>
      record('Flows', '/flows')({ id, name }),
    ),
    ...(enabled ? (schedules.data?.pages[0]?.schedules ?? []) : []).map(({ id, name }) =>
      record('Schedules', '/schedules')({ id, name }),
    ),
  ];
  // Until the answer for this text is there, Enter must not open what fits only the text before.
  const isAnswered = q === typed && ![batches, jobs, flows, schedules].some((query) => query.isPlaceholderData);
  const found = isAnswered ? answered : answered.filter(({ title }) => fitOf(typed, title) > 0);
  const ofPage = actions.filter(({ group }) => group !== 'Actions');
  const everywhere = actions.filter(({ group }) => group === 'Actions');
  const hits = [
    ...recent,
    // Without a text, what can be done here is what one most likely wants: first what changes nothing.
    ...(typed === '' ? [...ofPage].sort((a, b) => Number(a.changes ?? false) - Number(b.changes ?? false)) : []),
    ...things,
    ...found,
    ...further.hits,
    ...(typed === '' ? [] : ofPage),
    ...everywhere,
    // Several passages of one document are shown as one hit, the best.
    ...(enabled ? onePerJob(documents.data ?? []) : []).map(
      (hit): Hit => ({
        id: hit.jobId,
        group: 'In documents',
        href: links.job(hit.jobId),
        title: hit.title,
        detail: hit.text,
      }),
    ),
  ];
  const fresh = hits.filter(({ id, group }) => group === 'Recent' || group === 'In documents' || !shown.has(id));
  const groups = [...new Set(fresh.map(({ group }) => group))];
  return {
    // Each group in one piece, as it is shown: the arrow keys follow this order.
    hits: groups.flatMap((group) => fresh.filter((hit) => hit.group === group)),
    typed,
    searching: q !== typed || batches.isFetching || (enabled && asked.some(({ isFetching }) => isFetching)),
    failed: batches.isError || (enabled && asked.some(({ isError }) => isError)),
  };
}
