'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { TableCell, TableRow } from '@/components/ui/table';
import { describeError } from '@/lib/client/api';
import { useDeleteRule, useUpdateRule } from '@/lib/client/mutations/notifications';
import type { ChannelDto } from '@/lib/contracts/channel';
import type { RuleDto } from '@/lib/contracts/notification-rule';

interface RuleRowProps {
  rule: RuleDto;
  channels: readonly ChannelDto[];
  canChange: boolean;
  onEdit: () => void;
}

/** A rule: its events, its query, and whom it tells. */
export function RuleRow({ rule, channels, canChange, onEdit }: RuleRowProps) {
  const [asking, setAsking] = useState(false);
  const update = useUpdateRule();
  const remove = useDeleteRule();
  const { id, name, on, query, enabled, channelIds } = rule;
  const told = channelIds.map((each) => channels.find((channel) => channel.id === each)?.name ?? 'a deleted channel');
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0">
      <TableCell>
        <span className="block truncate font-medium" title={name}>
          {name}
        </span>
        {query ? (
          <code className="block truncate font-mono text-muted text-xs" title={query}>
            {query}
          </code>
        ) : null}
      </TableCell>
      <TableCell className="whitespace-normal text-muted text-xs max-sm:order-3 max-sm:col-span-2">
        {on.join(', ')}
      </TableCell>
      <TableCell className="truncate text-muted text-xs max-sm:hidden" title={told.join(', ')}>
        {told.length === 0 ? <span className="text-status-partial">nobody</span> : told.join(', ')}
      </TableCell>
      <TableCell right className="flex justify-end gap-1 overflow-visible max-sm:order-2 pointer-coarse:gap-3">
        {canChange ? (
          <>
            <Button
              size="sm"
              busy={update.isPending}
              aria-pressed={enabled}
              aria-label={`${enabled ? 'On' : 'Off'}: ${name}`}
              onClick={() => update.mutate({ id, enabled: !enabled })}
            >
              {enabled ? 'On' : 'Off'}
            </Button>
            <Button variant="ghost" size="icon-sm" aria-label={`Change ${name}`} onClick={onEdit}>
              <Pencil />
            </Button>
            <Button variant="ghost" size="icon-sm" aria-label={`Delete ${name}`} onClick={() => setAsking(true)}>
              <Trash2 />
            </Button>
          </>
        ) : (
          <span className="text-muted text-xs">{enabled ? 'on' : 'off'}</span>
        )}
      </TableCell>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        consequence="Nobody is told by it any more."
        confirm="Delete rule"
        keep="Keep it"
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={() => remove.mutate(id, { onSuccess: () => setAsking(false) })}
      />
    </TableRow>
  );
}
