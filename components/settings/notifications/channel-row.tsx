'use client';

import { Send } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { TableCell, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useDeleteChannel, useTestChannel, useUpdateChannel } from '@/lib/client/mutations/notifications';
import type { ChannelDto } from '@/lib/contracts/channel';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import { ChangeOrDelete } from './change-or-delete';
import { KINDS } from './kinds';

interface ChannelRowProps {
  channel: ChannelDto;
  canChange: boolean;
  onEdit: () => void;
}

/** A channel, its state and its last test. */
export function ChannelRow({ channel, canChange, onEdit }: ChannelRowProps) {
  const test = useTestChannel();
  const update = useUpdateChannel();
  const remove = useDeleteChannel();
  const { id, name, kind, config, enabled } = channel;
  const to = config.url ?? [...(config.to ?? []), ...(config.memberIds ?? []).map(() => 'a member')].join(', ');
  return (
    <>
      <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0 max-sm:gap-y-1">
        <TableCell>
          <span className="flex min-w-0 items-center gap-2">
            <span className="truncate font-medium" title={name}>
              {name}
            </span>
            <Badge>{KINDS[kind].word}</Badge>
          </span>
          <span className="block truncate text-muted text-xs sm:hidden" title={to}>
            {to}
          </span>
        </TableCell>
        <TableCell className="truncate font-mono text-muted text-xs max-sm:hidden" title={to}>
          {to}
        </TableCell>
        <TableCell className="text-muted text-xs max-sm:order-3 max-sm:col-span-2">
          <State channel={channel} />
        </TableCell>
        <TableCell right className="flex justify-end gap-1 overflow-visible max-sm:order-2 pointer-coarse:gap-3">
          {canChange ? (
            <>
              <Button
                size="sm"
                aria-label={`Send a test to ${name}`}
                busy={test.isPending}
                reason={enabled ? null : 'The channel is switched off'}
                onClick={() => test.mutate(id)}
              >
                <Send /> Test
              </Button>
              <ChangeOrDelete
                id={id}
                name={name}
                what="channel"
                consequence="Rules and launches that name it tell nobody there any more, and what was not sent yet is not sent. The log stays."
                deletion={remove}
                onEdit={onEdit}
              />
            </>
          ) : null}
        </TableCell>
      </TableRow>
      {enabled ? null : (
        <BelowRow>
          <Notice
            tone="warning"
            title={`${name} gets no messages`}
            actions={
              canChange ? (
                <Button size="sm" busy={update.isPending} onClick={() => update.mutate({ id, enabled: true })}>
                  Switch on
                </Button>
              ) : null
            }
          >
            {channel.disabledWhy ?? 'It was switched off by hand.'} What was not sent can be sent again from the log
            below.
          </Notice>
        </BelowRow>
      )}
      {test.data || test.error ? (
        <BelowRow>
          <TestOutcome name={name} delivery={test.data} error={test.error} />
        </BelowRow>
      ) : null}
    </>
  );
}

/** A row of its own, as wide as the table. */
const BelowRow = ({ children }: { children: ReactNode }) => (
  <TableRow className="h-auto py-2">
    <TableCell className="col-span-full overflow-visible whitespace-normal">{children}</TableCell>
  </TableRow>
);

function State({ channel: { enabled, failures, deliveredAt } }: { channel: ChannelDto }) {
  if (!enabled) return <span className="font-medium text-status-partial">Switched off</span>;
  if (failures > 0) return <span className="text-status-failed">{failures} failed in a row</span>;
  return deliveredAt ? <Time at={deliveredAt} prefix="arrived" /> : <>Nothing sent yet</>;
}

function TestOutcome({
  name,
  delivery,
  error,
}: {
  name: string;
  delivery: DeliveryDto | undefined;
  error: Error | null;
}) {
  if (!delivery) return <Notice tone="error">{describeError(error)}</Notice>;
  if (delivery.status === 'delivered') {
    const answer = delivery.answer ? ` The receiver answered ${delivery.answer.status}.` : '';
    return (
      <Notice tone="success">
        The test message to {name} arrived.{answer}
      </Notice>
    );
  }
  const next = delivery.status === 'pending' ? ' It is tried again; the log below shows what comes of it.' : '';
  return (
    <Notice tone="error" title={`The test message to ${name} has not arrived`}>
      {delivery.error ?? 'The receiver has not answered yet.'}
      {next}
    </Notice>
  );
}
