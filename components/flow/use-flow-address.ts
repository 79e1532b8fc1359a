'use client';

import { useCallback } from 'react';
import { usePhone } from '@/components/ui/use-phone';
import { useOpenJob, useUrlFilters } from '@/components/ui/use-url-filters';

export type FlowPicture = 'graph' | 'list';

/** Keeps the view and the open job in the URL, so that they survive a reload and can be shared. */
export function useFlowAddress() {
  const [params, change] = useUrlFilters();
  const phone = usePhone();
  const asked = params.get('view');
  const picture: FlowPicture = asked === 'list' || asked === 'graph' ? asked : phone ? 'list' : 'graph';
  const setPicture = useCallback((view: FlowPicture) => change({ view }), [change]);
  return { picture, setPicture, jobId: params.get('job'), ...useOpenJob(change) };
}
