'use client';

import { OFFLINE_REASON, roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useStale } from '@/lib/client/live/use-connection';
import { useResumeQueue } from '@/lib/client/mutations/system';
import { usePausedQueues, useViewer } from '@/lib/client/queries/system';

/** Queues that were paused by other programs, each with a resume button. Hidden while there are none. */
export function PausedQueues() {
  const { data: queues = [] } = usePausedQueues();
  const { data: viewer } = useViewer();
  const resume = useResumeQueue();
  const notify = useToast();
  const stale = useStale() ? OFFLINE_REASON : null;
  const refused = roleReason(viewer, 'queue.resume');
  const start = (queue: string) =>
    resume.mutate(queue, {
      onSuccess: () => notify({ tone: 'success', title: `The queue ${queue} was resumed` }),
      onError: (error) => notify({ tone: 'error', title: 'The queue was not resumed', detail: describeError(error) }),
    });
  return queues.map(({ queue, message }) => (
    <Notice
      key={queue}
      tone="warning"
      actions={
        refused === null ? (
          <Button size="sm" reason={stale} busy={resume.isPending} onClick={() => start(queue)}>
            Resume the queue
          </Button>
        ) : (
          <RoleNote reason={refused} />
        )
      }
    >
      {message}
    </Notice>
  ));
}
