'use client';

import { type FormEvent, useState } from 'react';
import { fromControl, toControl } from '@/components/ui/date-control';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { formatCount } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useBackfill } from '@/lib/client/mutations/schedules';
import { useBackfillPreview } from '@/lib/client/queries/schedules';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { formatInZone } from './zone-time';

const DAY_MS = 86_400_000;
/** Times that the preview lists. */
const SHOWN = 8;

interface BackfillDialogProps {
  schedule: ScheduleDto;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Launches for due times of the past, after it showed which. */
export function BackfillDialog({ schedule, open, onOpenChange }: BackfillDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <BackfillForm schedule={schedule} done={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function BackfillForm({ schedule, done }: { schedule: ScheduleDto; done: () => void }) {
  const notify = useToast();
  const backfill = useBackfill();
  const [from, setFrom] = useState(() => toControl(new Date(Date.now() - DAY_MS).toISOString()));
  const [to, setTo] = useState(() => toControl(new Date().toISOString()));
  const [begin, end] = [fromControl(from), fromControl(to)];
  const range = begin && end && begin <= end ? { from: begin, to: end } : null;
  const preview = useBackfillPreview(schedule.id, range);
  const count = preview.data?.times.length ?? 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!range || count === 0) return;
    backfill.mutate(
      { id: schedule.id, ...range },
      {
        onSuccess: ({ times }) => {
          notify({ tone: 'success', title: `${formatCount(times.length, 'firing')} will be launched` });
          done();
        },
      },
    );
  };
  return (
    <FormDialog
      title={`Backfill ${schedule.name}`}
      description="Launches for due times of the past that launched nothing: one after the other, unless runs of this schedule may overlap."
      confirm={count > 0 ? `Launch ${formatCount(count, 'firing')}` : 'Launch'}
      busy={backfill.isPending}
      onSubmit={submit}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="From" note="your time">
          {(control) => (
            <Input {...control} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
          )}
        </Field>
        <Field
          label="To"
          note="your time"
          error={begin && end && begin > end ? 'Must be after the beginning' : undefined}
        >
          {(control) => (
            <Input {...control} type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
          )}
        </Field>
      </div>
      {preview.error ? <Notice tone="error">{describeError(preview.error)}</Notice> : null}
      {preview.data && range ? (
        <Times schedule={schedule} times={preview.data.times} known={preview.data.known} />
      ) : null}
      {backfill.error ? <Notice tone="error">{describeError(backfill.error)}</Notice> : null}
    </FormDialog>
  );
}

interface TimesProps {
  schedule: ScheduleDto;
  times: readonly { at: string; note?: string }[];
  known: number;
}

function Times({ schedule, times, known }: TimesProps) {
  const rest = times.length - SHOWN;
  return (
    <div className="text-sm">
      {times.length === 0 ? <p>No due time of this range is left to launch.</p> : null}
      <ul aria-label="Due times to launch" className="font-mono text-xs">
        {times.slice(0, SHOWN).map(({ at }) => (
          <li key={at}>{formatInZone(at, schedule.timeZone)}</li>
        ))}
      </ul>
      {rest > 0 ? <p className="text-muted text-xs">and {formatCount(rest, 'more', 'more')}</p> : null}
      {known > 0 ? (
        <p className="text-muted text-xs">{formatCount(known, 'due time')} launched before and left out.</p>
      ) : null}
    </div>
  );
}
