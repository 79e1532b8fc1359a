'use client';

import { MoreHorizontal, Pause, Pencil, Play, Zap } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { absentReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Link } from '@/components/ui/link';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useStale } from '@/lib/client/live/use-connection';
import { useDeleteSchedule, useRunSchedule, useSaveSchedule } from '@/lib/client/mutations/schedules';
import { useViewer } from '@/lib/client/queries/system';
import type { FiringDto } from '@/lib/contracts/firing';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { BackfillDialog } from './backfill-dialog';
import { scheduleGates } from './schedule-gates';

/** Run now, pause, edit, backfill and delete. A disabled action shows its reason. */
export function ScheduleActions({ schedule }: { schedule: ScheduleDto }) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const notify = useToast();
  const save = useSaveSchedule();
  const run = useRunSchedule();
  const [asking, setAsking] = useState<'backfill' | 'delete' | null>(null);
  const gates = scheduleGates({ schedule, viewer, pending: save.isPending || run.isPending, offline });
  const { paused, id } = schedule;
  const failed = (title: string) => (error: Error) => notify({ tone: 'error', title, detail: describeError(error) });
  const toggle = () =>
    save.mutate(
      { id, body: { paused: !paused } },
      { onError: failed(`The schedule was not ${paused ? 'resumed' : 'paused'}`) },
    );
  const runNow = () =>
    run.mutate(id, {
      onSuccess: ({ firing }) => notify(noticeOf(firing)),
      onError: failed('The schedule was not run'),
    });
  return (
    <>
      {gates.run.shown ? (
        <Button variant="primary" reason={gates.run.reason} busy={run.isPending} onClick={runNow}>
          <Zap /> Run now
        </Button>
      ) : null}
      {gates.update.shown ? (
        <>
          <Button reason={gates.update.reason} busy={save.isPending} onClick={toggle}>
            {paused ? <Play /> : <Pause />} {paused ? 'Resume' : 'Pause'}
          </Button>
          <Button asChild>
            <Link href={links.editSchedule(id)}>
              <Pencil /> Edit
            </Link>
          </Button>
        </>
      ) : null}
      {gates.run.shown || gates.delete.shown ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button size="icon" aria-label="More actions">
              <MoreHorizontal />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent>
            {gates.run.shown ? (
              <DropdownMenuItem hint="Launch for due times of the past" onSelect={() => setAsking('backfill')}>
                Backfill
              </DropdownMenuItem>
            ) : null}
            {gates.delete.shown ? (
              <DropdownMenuItem danger hint="What it launched stays" onSelect={() => setAsking('delete')}>
                Delete schedule
              </DropdownMenuItem>
            ) : null}
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
      <RoleNote reason={absentReason(gates)} />
      <BackfillDialog
        schedule={schedule}
        open={asking === 'backfill'}
        onOpenChange={(open) => setAsking(open ? 'backfill' : null)}
      />
      <DeleteDialog schedule={schedule} open={asking === 'delete'} onClose={() => setAsking(null)} />
    </>
  );
}

function noticeOf({ status, why }: FiringDto) {
  if (status === 'launched') return { tone: 'success' as const, title: 'Launched' };
  if (status === 'queued') return { tone: 'success' as const, title: 'Waiting to be launched' };
  return { tone: 'error' as const, title: 'Nothing was launched', detail: why ?? '' };
}

function DeleteDialog({ schedule, open, onClose }: { schedule: ScheduleDto; open: boolean; onClose: () => void }) {
  const router = useRouter();
  const remove = useDeleteSchedule();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={`Delete ${schedule.name}?`}
      consequence="It never fires again, and its history is deleted. What it launched stays and goes on."
      confirm="Delete schedule"
      keep="Keep it"
      danger
      busy={remove.isPending}
      error={remove.error ? describeError(remove.error) : null}
      onConfirm={() => remove.mutate(schedule.id, { onSuccess: () => router.push('/schedules') })}
    />
  );
}
