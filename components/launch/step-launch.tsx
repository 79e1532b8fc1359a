'use client';

import { Rocket } from 'lucide-react';
import { OFFLINE_REASON } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Progress } from '@/components/ui/progress';
import { useStale } from '@/lib/client/live/use-connection';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { CapacityGate } from './use-capacity-gate';
import type { Refusal } from './use-launching';

interface StepLaunchProps {
  name: string;
  onName: (name: string) => void;
  sentence: string | null;
  start: LaunchFields['start'];
  count: number;
  approximate: boolean;
  /** what is missing in the previous steps */
  blocked: string | null;
  busy: boolean;
  /** number of rows of a table that have been written */
  written: number | null;
  gate: CapacityGate;
  refusal: Refusal | null;
  /** name of the running batch with the same unique key */
  running: string | null;
  onLaunch: (start: LaunchFields['start']) => void;
}

const VERB: Record<LaunchFields['start'], string> = { now: 'Launch', queue: 'Queue', manual: 'Create batch with' };

function RefusalNotice({ refusal }: { refusal: Refusal }) {
  const general = refusal.kind === 'items' ? [] : refusal.issues;
  return (
    <Notice tone={refusal.kind === 'capacity' ? 'warning' : 'error'} title={refusal.title}>
      {refusal.detail}
      {general.length > 0 ? (
        <ul className="mt-1 list-disc pl-4">
          {general.slice(0, 10).map((issue) => (
            <li key={`${issue.path} ${issue.message}`}>
              {issue.path ? <span className="font-mono">{issue.path}</span> : null} {issue.message}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}

/** The last step: a name, a sentence about the effect, and the button. */
export function StepLaunch(props: StepLaunchProps) {
  const { name, onName, sentence, start, count, approximate, blocked, busy, gate, refusal, running, onLaunch } = props;
  const atCapacity = start === 'now' && !blocked ? gate.reason : null;
  const what = `${approximate ? 'about ' : ''}${formatCount(count, 'item')}`;
  const label = running ? 'Already running' : (atCapacity ?? `${VERB[start]} ${count > 0 ? what : 'items'}`);
  const stale = useStale() ? OFFLINE_REASON : null;
  const nameless = name.trim() === '' ? 'Give the batch a name' : null;
  const reason =
    stale ?? blocked ?? nameless ?? (running ? 'A batch with this unique key is not finished yet' : atCapacity);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <Field label="Name" error={nameless}>
        {(control) => (
          <Input {...control} value={name} maxLength={200} onChange={(event) => onName(event.target.value)} />
        )}
      </Field>
      <p className="text-sm [overflow-wrap:anywhere]" data-sentence="">
        {sentence ?? <span className="text-muted">{blocked}</span>}
      </p>
      {gate.noWorkers ? (
        <Notice tone="warning">No worker is connected. The batch is stored and starts when a worker connects.</Notice>
      ) : null}
      {refusal && (refusal.kind !== 'capacity' || atCapacity) ? <RefusalNotice refusal={refusal} /> : null}
      {running ? (
        <Notice
          title="Already running"
          actions={
            <Button size="sm" asChild>
              <Link href={`/batches/${running}`}>Open the running batch</Link>
            </Button>
          }
        >
          An unfinished batch has this unique key. Nothing was created.
        </Notice>
      ) : null}
      {props.written === null ? null : (
        <div className="grid gap-1 text-xs">
          <Progress
            size="sm"
            label="Writing the batch"
            total={Math.max(1, count)}
            parts={[{ value: props.written, status: 'completed' }]}
          />
          <p role="status" className="text-muted">
            {formatNumber(props.written)} of {formatCount(count, 'row')} written
          </p>
        </div>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        <Button
          variant="primary"
          size="lg"
          className={atCapacity ? 'h-auto min-h-10 min-w-0 py-2' : 'min-w-0'}
          busy={busy}
          reason={reason}
          onClick={() => onLaunch(start)}
        >
          {atCapacity || running ? null : <Rocket />}{' '}
          <span className={atCapacity ? 'whitespace-normal text-balance [overflow-wrap:anywhere]' : 'truncate'}>
            {label}
          </span>
        </Button>
        {atCapacity && !running ? (
          <Button size="lg" busy={busy} reason={stale ?? nameless} onClick={() => onLaunch('queue')}>
            Queue instead
          </Button>
        ) : null}
      </div>
      {blocked && sentence ? <p className="text-muted text-xs">{blocked}.</p> : null}
    </div>
  );
}
