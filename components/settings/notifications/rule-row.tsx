'use client';

import { Button } from '@/components/ui/button';
import { TableCell, TableRow } from '@/components/ui/table';
import { useDeleteRule, useUpdateRule } from '@/lib/client/mutations/notifications';
import type { ChannelDto } from '@/lib/contracts/channel';
import type { RuleDto } from '@/lib/contracts/notification-rule';
import { ChangeOrDelete } from './change-or-delete';

interface RuleRowProps {
  rule: RuleDto;
  channels: readonly ChannelDto[];
  canChange: boolean;
  onEdit: () => void;
}

/** A rule: its events, its query, and whom it tells. */
export function RuleRow({ rule, channels, canChange, onEdit }: RuleRowProps) {
  const update = useUpdateRule();
  const remove = useDeleteRule();
  const { id, name, on, query, enabled, channelIds } = rule;
  const told = channelIds.map((each) => channels.find((channel) => channel.id === each)?.name ?? 'a deleted channel');
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0 max-sm:gap-y-1">
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
        <span className="sm:hidden"> → {told.length === 0 ? 'nobody' : told.join(', ')}</span>
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
            <ChangeOrDelete
              id={id}
              name={name}
              what="rule"
              consequence="Nobody is told by it any more."
              deletion={remove}
              onEdit={onEdit}
            />
          </>
        ) : (
          <span className="text-muted text-xs">{enabled ? 'on' : 'off'}</span>
        )}
      </TableCell>
    </TableRow>
  );
}
