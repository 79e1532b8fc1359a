'use client';

import { BellOff } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { Panel } from '@/components/ui/panel';
import { EmptyState } from '@/components/ui/states';
import { useViewer } from '@/lib/client/queries/system';
import { Channels } from './channels';
import { Deliveries } from './deliveries';
import { Rules } from './rules';

/** Channels, the rules that use them, and what was sent. */
export function Notifications() {
  const { data: viewer } = useViewer();
  const unseen = viewer ? roleReason(viewer, 'channel.see') : null;
  if (unseen !== null) {
    return (
      <Panel title="Notifications">
        <EmptyState icon={<BellOff />} title="Notifications are not shown to you" className="py-6">
          {unseen}.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Channels />
      <Rules />
      <Deliveries />
    </div>
  );
}
