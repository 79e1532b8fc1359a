import { StatusBadge } from '@/components/ui/status-mark';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import type { MessageData } from '@/lib/contracts/notification-events';
import { messageOf } from '@/lib/contracts/notification-message';

/** What a message says, in a line. */
export const titleOf = ({ type, data, count }: DeliveryDto): string =>
  messageOf(type, data as MessageData, count).title;

/** The state of a message in the shapes and colors of all statuses. */
export function DeliveryState({ delivery: { status, attempts } }: { delivery: DeliveryDto }) {
  if (status === 'delivered') return <StatusBadge status="completed" word="arrived" />;
  if (status === 'failed') return <StatusBadge status="failed" />;
  return <StatusBadge status={attempts === 0 ? 'pending' : 'delayed'} word={attempts === 0 ? 'to be sent' : 'tried'} />;
}
