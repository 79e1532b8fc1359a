import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchStatus, JobStatus } from '@/lib/contracts/status';

/** Every status that has a mark. `paused` is a paused batch in progress; `queued` waits for capacity. */
export type MarkStatus = BatchStatus | JobStatus | 'paused';

/** The color role of a status; its tokens are `--status-<role>` and `--status-<role>-soft`. */
export type StatusRole =
  | 'pending'
  | 'delayed'
  | 'waiting'
  | 'active'
  | 'completed'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'paused';

interface StatusLook {
  word: string;
  role: StatusRole;
  /** text color */
  text: string;
  /** soft background */
  soft: string;
}

const look = (word: string, role: StatusRole, text: string, soft: string): StatusLook => ({ word, role, text, soft });
const active = (word: string) => look(word, 'active', 'text-status-active', 'bg-status-active-soft');

/** The color and the word of every status, used on all screens. */
export const STATUS_LOOK: Readonly<Record<MarkStatus, StatusLook>> = {
  pending: look('pending', 'pending', 'text-status-pending', 'bg-status-pending-soft'),
  delayed: look('delayed', 'delayed', 'text-status-delayed', 'bg-status-delayed-soft'),
  'waiting-children': look('waiting for children', 'waiting', 'text-status-waiting', 'bg-status-waiting-soft'),
  active: active('active'),
  'in-progress': active('in progress'),
  completed: look('completed', 'completed', 'text-status-completed', 'bg-status-completed-soft'),
  partial: look('partial', 'partial', 'text-status-partial', 'bg-status-partial-soft'),
  failed: look('failed', 'failed', 'text-status-failed', 'bg-status-failed-soft'),
  cancelled: look('cancelled', 'cancelled', 'text-status-cancelled', 'bg-status-cancelled-soft'),
  paused: look('paused', 'paused', 'text-status-paused', 'bg-status-paused-soft'),
};

type Shown = Pick<BatchDto, 'status' | 'paused' | 'queuedAt' | 'lacksWorker' | 'wakesAt' | 'notBefore' | 'cancelMode'>;

/** Returns a batch's mark, and a more exact word where the status alone is not enough. */
export function batchLook(batch: Shown, now = Date.now()): { mark: MarkStatus; word: string } {
  if (batch.status === 'in-progress') {
    if (batch.cancelMode) return { mark: 'in-progress', word: 'cancelling' };
    if (batch.paused) return { mark: 'paused', word: 'paused' };
    if (batch.lacksWorker) return { mark: 'paused', word: 'waiting for a worker' };
    if (batch.queuedAt) return { mark: 'pending', word: 'waiting for a slot' };
    if (batch.wakesAt) return { mark: 'delayed', word: 'delayed' };
    if (batch.notBefore && Date.parse(batch.notBefore) > now) return { mark: 'delayed', word: 'delayed' };
  }
  if (batch.status === 'pending' && batch.queuedAt) {
    return { mark: 'pending', word: batch.lacksWorker ? 'waiting for a worker' : 'waiting for capacity' };
  }
  return { mark: batch.status, word: STATUS_LOOK[batch.status].word };
}
