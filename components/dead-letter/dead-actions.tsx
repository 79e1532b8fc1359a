'use client';

import { CircleSlash, MoreHorizontal, PencilLine, RotateCcw, Trash2 } from 'lucide-react';
import { type Access, type Gate, permissionGate } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount, formatNumber } from '@/components/ui/format';
import { useStale } from '@/lib/client/live/use-connection';
import { useViewer } from '@/lib/client/queries/system';
import type { BulkActionVerb } from '@/lib/contracts/bulk-action';

export interface DeadGates {
  retry: Gate;
  edit: Gate;
  discard: Gate;
  remove: Gate;
}

/** What the signed-in person may do with dead letters. */
export function useDeadGates(): DeadGates {
  const { data: viewer } = useViewer();
  const access: Access = { viewer, pending: false, offline: useStale() };
  const retry = permissionGate(access, 'job.retry', null);
  return {
    retry,
    edit: viewer?.seesPayloads === false ? { shown: false, reason: null } : retry,
    discard: permissionGate(access, 'job.discard', null),
    remove: permissionGate(access, 'job.clean-up', null),
  };
}

interface DeadActionsProps {
  /** all dead letters, those that a query finds, or a group of them, which is described */
  of: 'all' | 'these' | { group: string };
  count: number;
  gates: DeadGates;
  onAct: (action: BulkActionVerb) => void;
}

/** Retry as a button, and the rest in a menu. Each opens the dialog of a bulk action, with an estimate and a rate. */
export function DeadActions({ of, count, gates, onAct }: DeadActionsProps) {
  const { retry, edit, discard, remove } = gates;
  if (!retry.shown) return null;
  const what = of === 'all' ? 'all dead letters' : of === 'these' ? 'the dead letters that match' : of.group;
  const number = of === 'all' ? `all ${formatNumber(count)}` : formatNumber(count);
  return (
    <span className="flex items-center gap-1">
      <Button
        size={typeof of === 'string' ? 'md' : 'sm'}
        reason={retry.reason}
        aria-label={typeof of === 'string' ? undefined : `Retry ${formatCount(count, 'job')}: ${what}`}
        onClick={() => onAct('retry')}
      >
        <RotateCcw /> Retry {number}
      </Button>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size={typeof of === 'string' ? 'icon' : 'icon-sm'} aria-label={`More for ${what}`}>
            <MoreHorizontal />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {edit.shown ? (
            <DropdownMenuItem
              disabled={edit.reason !== null}
              hint={edit.reason ?? 'Change their inputs, then run them again'}
              onSelect={() => onAct('edit')}
            >
              <PencilLine /> Edit and retry…
            </DropdownMenuItem>
          ) : null}
          {discard.shown ? (
            <DropdownMenuItem
              disabled={discard.reason !== null}
              hint={discard.reason ?? 'They stay failed, with a word why'}
              onSelect={() => onAct('discard')}
            >
              <CircleSlash /> Discard…
            </DropdownMenuItem>
          ) : null}
          {remove.shown ? (
            <>
              <DropdownMenuSeparator />
              <DropdownMenuItem
                danger
                disabled={remove.reason !== null}
                hint={remove.reason ?? 'With their inputs and attempts'}
                onSelect={() => onAct('delete')}
              >
                <Trash2 /> Delete…
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
    </span>
  );
}
