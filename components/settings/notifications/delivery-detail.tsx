'use client';

import { RotateCw } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog, DialogContent } from '@/components/ui/dialog';
import { formatExact } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useRedeliver } from '@/lib/client/mutations/notifications';
import { useViewer } from '@/lib/client/queries/system';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import type { MessageData } from '@/lib/contracts/notification-events';
import { bodyOf, mailOf } from '@/lib/contracts/notification-formats';
import { DeliveryState, titleOf } from './delivery-state';
import { ScrollText } from './scroll-text';

/** One message: what it says, its tries, the last answer; and a button that sends it again. */
export function DeliveryDetail({ delivery, onClose }: { delivery: DeliveryDto; onClose: () => void }) {
  const { data: viewer } = useViewer();
  const redeliver = useRedeliver();
  const { id, kind, type, at, count, target, answer, error, tries, nextAt } = delivery;
  const data = delivery.data as MessageData;
  const body =
    kind === 'email'
      ? mailOf(type, data, count).text
      : JSON.stringify(bodyOf(kind, { type, at, data, count }), null, 2);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        size="lg"
        title={titleOf(delivery)}
        description={`${type}, ${formatExact(at)}`}
        footer={
          <Button
            busy={redeliver.isPending}
            reason={roleReason(viewer, 'delivery.redeliver')}
            onClick={() => redeliver.mutate(id)}
          >
            <RotateCw /> {delivery.status === 'pending' ? 'Try now' : 'Send again'}
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5 text-sm">
            <dt className="text-muted">State</dt>
            <dd className="flex flex-wrap items-center gap-2">
              <DeliveryState delivery={delivery} />
              {delivery.status === 'pending' && nextAt ? <Time at={nextAt} prefix="next try" /> : null}
            </dd>
            <dt className="text-muted">To</dt>
            <dd className="[overflow-wrap:anywhere]">{target}</dd>
            <dt className="text-muted">Id</dt>
            <dd className="flex min-w-0 items-center gap-1 font-mono text-xs">
              <span className="[overflow-wrap:anywhere]">{id}</span>
              <CopyButton value={id} variant="ghost" size="icon-sm" label="Copy the id" />
            </dd>
            {answer ? (
              <>
                <dt className="text-muted">Last answer</dt>
                <dd className="min-w-0">
                  {answer.status}
                  {answer.body ? <ScrollText label="The last answer">{answer.body}</ScrollText> : null}
                </dd>
              </>
            ) : null}
          </dl>
          {error ? <Notice tone={delivery.status === 'failed' ? 'error' : 'warning'}>{error}</Notice> : null}
          {redeliver.error ? <Notice tone="error">{describeError(redeliver.error)}</Notice> : null}
          {tries.length > 0 ? (
            <section>
              <h3 className="mb-1 font-medium text-sm">Tries</h3>
              <ol className="flex flex-col gap-1 text-sm">
                {tries.map((each) => (
                  <li key={each.at} className="flex flex-wrap gap-x-3 text-muted">
                    <span className="tabular-nums">{formatExact(each.at)}</span>
                    <span className="tabular-nums">{each.ms} ms</span>
                    <span className="[overflow-wrap:anywhere]">{each.error ?? each.status ?? 'accepted'}</span>
                  </li>
                ))}
              </ol>
            </section>
          ) : null}
          <section>
            <h3 className="mb-1 font-medium text-sm">What is sent</h3>
            <ScrollText label="What is sent">{body}</ScrollText>
          </section>
        </div>
      </DialogContent>
    </Dialog>
  );
}
