'use client';

import { LockKeyhole } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '@/components/ui/states';
import { useViewer } from '@/lib/client/queries/system';
import { roleReason } from './gating';

/** Shows a page that creates something to those who may, and to others who may. */
export function LaunchOnly({ what, children }: { what: 'batch' | 'flow' | 'schedule'; children: ReactNode }) {
  const { data: viewer } = useViewer();
  const isSchedule = what === 'schedule';
  const reason = roleReason(viewer, isSchedule ? 'schedule.create' : `${what}.launch`);
  if (reason === null) return children;
  return (
    <>
      <h1 className="sr-only">New {what}</h1>
      <EmptyState icon={<LockKeyhole />} title={`You can’t ${isSchedule ? 'create' : 'launch'} a ${what}`}>
        {reason}. An owner gives roles on the page of the members.
      </EmptyState>
    </>
  );
}
