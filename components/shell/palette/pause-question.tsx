import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { describeError } from '@/lib/client/api';
import { usePauseAll, useResumeAll } from '@/lib/client/mutations/steering';
import { useViewer } from '@/lib/client/queries/system';

/** A pause or a resume of everything that somebody asked for and has not confirmed yet. */
export interface AskedPause {
  verb: 'pause' | 'resume';
  /** of all organizations */
  everywhere: boolean;
}

export interface PauseDialogProps {
  asked: AskedPause | null;
  onClose: () => void;
}

const CONSEQUENCE = {
  pause:
    'What runs ends, and nothing else starts: no item, no job, no step of a flow, and nothing that a schedule launches. What waits for workers of other BullMQ clients is taken back from their queues within seconds; until then they may start some of it. Launches are accepted and wait. Batches that are paused already stay paused after the resume.',
  resume: 'What waits will start, in its order. Batches that were paused by themselves stay paused.',
};

/** The question of the PauseDialog. */
export function PauseQuestion({ asked, onClose }: PauseDialogProps) {
  const { data: viewer } = useViewer();
  const pause = usePauseAll();
  const resume = useResumeAll();
  const verb = asked?.verb ?? 'pause';
  const everywhere = asked?.everywhere ?? false;
  const act = verb === 'pause' ? pause : resume;
  const word = verb === 'pause' ? 'Pause' : 'Resume';
  const close = () => {
    act.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      open={asked !== null}
      onOpenChange={(open) => (open ? undefined : close())}
      title={everywhere ? `${word} all organizations?` : `${word} everything of ${viewer?.organization.name ?? ''}?`}
      consequence={CONSEQUENCE[verb]}
      confirm={`${word} everything`}
      keep={verb === 'pause' ? 'Keep running' : 'Keep paused'}
      busy={act.isPending}
      error={act.error ? describeError(act.error) : null}
      onConfirm={() => act.mutate({ everywhere }, { onSuccess: close })}
    />
  );
}
