'use client';

import { CircleCheck, CircleDot, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { OFFLINE_REASON } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Link } from '@/components/ui/link';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useStale } from '@/lib/client/live/use-connection';
import { useAttentionAction } from '@/lib/client/mutations/attention';
import type { AttentionAction, AttentionItem } from '@/lib/contracts/attention';
import type { Severity } from '@/lib/contracts/choices';

const LOOK: Record<Severity, { icon: LucideIcon; color: string; word: string }> = {
  critical: { icon: OctagonAlert, color: 'text-status-failed', word: 'Critical' },
  warning: { icon: TriangleAlert, color: 'text-status-partial', word: 'Warning' },
  notice: { icon: CircleDot, color: 'text-muted', word: 'Notice' },
};

/** One thing that needs a person: what, since when, and what can be done about it. */
export function AttentionRow({ item, settled }: { item: AttentionItem; settled: boolean }) {
  const {
    icon: Icon,
    color,
    word,
  } = settled ? { icon: CircleCheck, color: 'text-status-completed', word: 'Settled' } : LOOK[item.severity];
  return (
    <li className="relative flex gap-2.5 px-3 py-2 hover:bg-hover has-[a:focus-visible]:bg-hover">
      <Icon className={cn('mt-1 size-4 shrink-0', color)} aria-hidden="true" />
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1.5">
        <p className={cn('min-w-0 grow basis-64 text-sm [overflow-wrap:anywhere]', settled && 'text-muted')}>
          <span className="sr-only">{word}: </span>
          <Link href={item.link} className="after:absolute after:inset-0">
            {item.text}
          </Link>
        </p>
        {item.since ? <Time at={item.since} className="relative shrink-0 text-muted text-xs" /> : null}
        {item.actions.map((action) => (
          <ActionButton key={action.label} action={action} about={item.text} settled={settled} />
        ))}
      </div>
    </li>
  );
}

interface ActionProps {
  action: AttentionAction;
  /** the text of its item */
  about: string;
  settled: boolean;
}

function ActionButton({ action, about, settled }: ActionProps) {
  const act = useAttentionAction();
  const notify = useToast();
  const [asks, setAsks] = useState(false);
  const stale = useStale() ? OFFLINE_REASON : null;
  const run = () =>
    act.mutateAsync(action).then(
      () => {
        setAsks(false);
        notify({ tone: 'success', title: `${action.label}: accepted`, detail: about });
      },
      (error: unknown) => {
        if (!action.confirm)
          notify({ tone: 'error', title: `${action.label}: not done`, detail: describeError(error) });
      },
    );
  return (
    <>
      <Button
        size="sm"
        className={cn('relative', settled && 'text-muted opacity-60')}
        aria-label={`${action.label}: ${about}`}
        // Not the reason of the button: that would replace the element, and the keyboard would lose its place.
        aria-disabled={settled || undefined}
        reason={stale}
        busy={act.isPending}
        onClick={() => {
          if (settled) return;
          if (action.confirm) setAsks(true);
          else void run();
        }}
      >
        {action.label}
      </Button>
      {action.confirm ? (
        <ConfirmDialog
          open={asks}
          onOpenChange={setAsks}
          title={`${action.label}?`}
          consequence={`${about} ${action.confirm}`}
          confirm={action.label}
          busy={act.isPending}
          error={act.isError ? describeError(act.error) : null}
          onConfirm={() => void run()}
        />
      ) : null}
    </>
  );
}
