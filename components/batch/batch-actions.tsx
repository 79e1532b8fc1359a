'use client';

import { ChevronDown, Pause, Play, RotateCcw, Square } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { absentReason, type Gate } from '@/components/shared/gating';
import { type PageAction, usePageActions } from '@/components/shared/page-actions';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount, formatNumber } from '@/components/ui/format';
import { links } from '@/lib/client/links';
import type { BatchDto } from '@/lib/contracts/batch';
import { batchGates, capacityReason, type Situation } from './batch-gates';
import { CancelDialog } from './cancel-dialog';
import { MoreMenu } from './more-menu';
import type { BatchActions as Actions } from './use-batch-actions';

interface BatchActionsProps {
  situation: Situation;
  actions: Actions;
  onExamine: () => void;
}

/** An action of the palette, if its button is shown. */
const offered = (id: string, title: string, { shown, reason }: Gate, run: () => void): PageAction[] =>
  shown ? [{ id: `batch-${id}`, title, changes: true, reason, run }] : [];

/** The actions of a batch, on its page and in the palette. A disabled action shows its reason. */
export function BatchActions({ situation, actions, onExamine }: BatchActionsProps) {
  const { batch } = situation;
  const gates = batchGates(situation);
  const [cancelling, setCancelling] = useState<'graceful' | 'force' | null>(null);
  const router = useRouter();
  const retry = (only: 'failed' | 'cancelled') => () => actions.retry({ only });
  const [failed, cancelled] = [formatNumber(batch.failed), formatNumber(batch.cancelled)];
  usePageActions('This batch', [
    ...offered('start', 'Start this batch', gates.start, () => actions.start('now')),
    ...offered('pause', 'Pause this batch', gates.pause, actions.pause),
    ...offered('resume', 'Resume this batch', gates.resume, actions.resume),
    ...(batch.failed > 0
      ? offered('retry-failed', `Retry ${failed} failed of this batch`, gates.retry, retry('failed'))
      : []),
    ...(batch.cancelled > 0
      ? offered('retry-cancelled', `Retry ${cancelled} cancelled of this batch`, gates.retry, retry('cancelled'))
      : []),
    ...offered('cancel', 'Cancel this batch…', gates.cancel, () => setCancelling('graceful')),
    {
      id: 'compare',
      title: 'Compare with…',
      words: 'difference runs',
      run: () => router.push(links.compare(batch.id)),
    },
    {
      id: 'slow',
      title: 'Why is it slow?',
      words: 'time limiter',
      run: () => router.push(`${links.batch(batch.id)}?slow=open`),
    },
    { id: 'examine', title: 'Examine this batch', words: 'doctor stuck', run: onExamine },
  ]);
  return (
    <>
      {gates.start.shown ? <StartButtons situation={situation} gate={gates.start} actions={actions} /> : null}
      {gates.resume.shown && batch.pausedWhy === 'by-hand' ? (
        <Button
          variant="primary"
          reason={gates.resume.reason}
          busy={actions.pending === 'resume'}
          onClick={() => actions.resume()}
        >
          <Play className="max-sm:hidden" /> Resume
        </Button>
      ) : null}
      {gates.pause.shown ? (
        <Button reason={gates.pause.reason} busy={actions.pending === 'pause'} onClick={actions.pause}>
          <Pause className="max-sm:hidden" /> Pause
        </Button>
      ) : null}
      {gates.retry.shown ? <RetryButtons batch={batch} gate={gates.retry} actions={actions} /> : null}
      {gates.cancel.shown ? (
        <CancelMenu graceful={gates.cancel} force={gates['force-cancel']} onChoose={setCancelling} />
      ) : null}
      <RoleNote reason={absentReason(gates)} />
      <MoreMenu batch={batch} onExamine={onExamine} />
      <CancelDialog
        batch={batch}
        mode={cancelling}
        busy={actions.pending === 'cancel' || actions.pending === 'force-cancel'}
        error={cancelling && actions.error ? actions.error.message : null}
        onConfirm={(force) => actions.cancel(force, () => setCancelling(null))}
        onClose={() => setCancelling(null)}
      />
    </>
  );
}

function StartButtons({ situation, gate, actions }: { situation: Situation; gate: Gate; actions: Actions }) {
  const full = capacityReason(situation.capacity);
  const blocked = gate.reason !== null && gate.reason !== full;
  return (
    <>
      <Button
        variant="primary"
        reason={gate.reason}
        busy={actions.pending === 'start'}
        onClick={() => actions.start('now')}
        className="max-w-full overflow-hidden sm:max-w-96"
      >
        {full && !blocked ? (
          <span className="truncate">{full}</span>
        ) : (
          <>
            <Play className="max-sm:hidden" /> Start {formatCount(situation.batch.pending, 'item')}
          </>
        )}
      </Button>
      {full && !blocked ? (
        <Button busy={actions.pending === 'start'} onClick={() => actions.start('queue')}>
          Queue instead
        </Button>
      ) : null}
    </>
  );
}

function RetryButtons({ batch, gate, actions }: { batch: BatchDto; gate: Gate; actions: Actions }) {
  const { failed, cancelled } = batch;
  const busy = actions.pending === 'retry';
  const first = failed > 0 ? ('failed' as const) : ('cancelled' as const);
  const label = `Retry ${formatNumber(batch[first])} ${first}`;
  if (failed === 0 || cancelled === 0) {
    return (
      <Button reason={gate.reason} busy={busy} onClick={() => actions.retry({ only: first })}>
        <RotateCcw className="max-sm:hidden" /> {label}
      </Button>
    );
  }
  return (
    <span className="inline-flex">
      <Button
        reason={gate.reason}
        busy={busy}
        className="rounded-r-none"
        onClick={() => actions.retry({ only: 'failed' })}
      >
        <RotateCcw className="max-sm:hidden" /> {label}
      </Button>
      {gate.reason ? null : (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button size="icon" className="-ml-px w-7 rounded-l-none" aria-label="More to retry" busy={busy}>
              <ChevronDown />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent>
            <DropdownMenuItem onSelect={() => actions.retry({ only: 'cancelled' })}>
              Retry {formatNumber(cancelled)} cancelled
            </DropdownMenuItem>
            <DropdownMenuItem onSelect={() => actions.retry({ only: 'all' })}>
              Retry all {formatNumber(failed + cancelled)} that did not complete
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      )}
    </span>
  );
}

interface CancelMenuProps {
  graceful: Gate;
  force: Gate;
  onChoose: (mode: 'graceful' | 'force') => void;
}

function CancelMenu({ graceful, force, onChoose }: CancelMenuProps) {
  if (graceful.reason && (!force.shown || force.reason)) {
    return (
      <Button reason={graceful.reason}>
        <Square className="max-sm:hidden" /> Cancel <ChevronDown />
      </Button>
    );
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Square className="max-sm:hidden" /> Cancel <ChevronDown />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem
          disabled={graceful.reason !== null}
          hint={graceful.reason ?? 'Running items finish, no new item starts'}
          onSelect={() => onChoose('graceful')}
        >
          Cancel batch
        </DropdownMenuItem>
        {force.shown ? (
          <DropdownMenuItem
            danger
            disabled={force.reason !== null}
            hint={force.reason ?? 'Running items are aborted too'}
            onSelect={() => onChoose('force')}
          >
            Force cancel
          </DropdownMenuItem>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
