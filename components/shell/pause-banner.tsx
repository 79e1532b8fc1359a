'use client';

import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useResumeAll } from '@/lib/client/mutations/steering';
import { useCapacity, useViewer } from '@/lib/client/queries/system';
import { type AskedPause, PauseDialog } from './palette/pause-dialog';

/** A banner while everything is paused: who did it, since when, and the button to resume for those who may. */
export function PauseBanner() {
  const pause = useCapacity().data?.pause;
  const { data: viewer } = useViewer();
  const resume = useResumeAll();
  if (!pause) return null;
  const { everywhere } = pause;
  const refused = roleReason(viewer, everywhere ? 'system.pause' : 'organization.pause');
  return (
    <div className="px-4 pt-4 print:hidden">
      <Notice
        tone="warning"
        title={everywhere ? 'All organizations are paused' : 'Everything is paused'}
        actions={
          viewer && refused === null ? (
            <Button size="sm" busy={resume.isPending} onClick={() => resume.mutate({ everywhere })}>
              <Play /> Resume everything
            </Button>
          ) : null
        }
      >
        {everywhere ? 'By a system administrator' : pause.by ? `By ${pause.by}` : 'By somebody who is gone'},{' '}
        <Time at={pause.since} />. Launches are accepted and wait. What runs ends.
        {refused === null ? '' : ` ${refused}.`}
        {resume.error ? (
          <span role="alert" className="block text-status-failed">
            {describeError(resume.error)}
          </span>
        ) : null}
      </Notice>
    </div>
  );
}

/** The button that pauses everything, with a question first. Absent for those who may not, and while it is paused. */
export function PauseEverything() {
  const { data: capacity } = useCapacity();
  const { data: viewer } = useViewer();
  const [asked, setAsked] = useState<AskedPause | null>(null);
  if (!capacity || capacity.paused || !viewer || roleReason(viewer, 'organization.pause') !== null) return null;
  return (
    <div className="flex flex-wrap gap-2 border-t px-3 py-2">
      <Button size="sm" onClick={() => setAsked({ verb: 'pause', everywhere: false })}>
        <Pause /> Pause everything
      </Button>
      {viewer.systemAdmin ? (
        <Button size="sm" variant="ghost" onClick={() => setAsked({ verb: 'pause', everywhere: true })}>
          In all organizations
        </Button>
      ) : null}
      <PauseDialog asked={asked} onClose={() => setAsked(null)} />
    </div>
  );
}
