'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useRef } from 'react';
import { usePhone } from '@/components/ui/use-phone';
import { useUrlFilters } from '@/components/ui/use-url-filters';

export type FlowPicture = 'graph' | 'list';

/** Keeps the view and the open job in the URL, so that they survive a reload and can be shared. */
export function useFlowAddress() {
  const params = useSearchParams();
  const [, change] = useUrlFilters();
  const phone = usePhone();
  const pushed = useRef(false);
  const asked = params.get('view');
  const picture: FlowPicture = asked === 'list' || asked === 'graph' ? asked : phone ? 'list' : 'graph';
  const jobId = params.get('job');
  const openJob = useCallback((id: string) => {
    const next = new URLSearchParams(globalThis.location.search);
    const first = !next.has('job');
    next.set('job', id);
    if (first) pushed.current = true;
    globalThis.history[first ? 'pushState' : 'replaceState'](null, '', `?${next}`);
  }, []);
  const closeJob = useCallback(() => {
    if (!pushed.current) return change({ job: '' });
    pushed.current = false;
    globalThis.history.back();
  }, [change]);
  const setPicture = useCallback((view: FlowPicture) => change({ view }), [change]);
  return { picture, setPicture, jobId, openJob, closeJob };
}
