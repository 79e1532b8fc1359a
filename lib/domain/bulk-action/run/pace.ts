import type { BulkActionRow } from '@/lib/domain/bulk-action/bulk-action-row';
import { nextSize } from '@/lib/domain/next-size';
import type { Chunk, GroupKind } from './chunk';

/** A transaction holds locks of a batch, for which its running jobs wait. */
const PACE = { targetMs: 200, least: 500, most: 2000 };
/** A flow is changed as a whole. */
const FLOW = 20_000;
/** Expressions take most of the time of an edit, and nothing is locked meanwhile. */
const EDIT = 100;

/** Jobs of a transaction that takes about as long as it should, by action. */
const sizes = new Map<BulkActionRow['action'], number>();

/** Returns how many jobs the next transaction changes at most. */
export const sizeOf = (action: BulkActionRow, kind: GroupKind): number =>
  kind === 'flow' ? FLOW : Math.min(usual(action), perSecond(action));

/** Learns from how long a transaction took, in milliseconds. A small one says little: most of its time is not that of its jobs. */
export function noteTook({ action, kind, jobs }: Chunk, tookMs: number): void {
  const isSmall = jobs.length < usual(action) / 2;
  if (kind !== 'flow' && !isSmall) sizes.set(action.action, nextSize(jobs.length, tookMs, PACE));
}

const usual = ({ action }: BulkActionRow): number => (action === 'edit' ? EDIT : (sizes.get(action) ?? PACE.least));

/** With a rate, a transaction has the jobs of about a second. */
const perSecond = ({ ratePerMinute }: BulkActionRow): number =>
  ratePerMinute === null ? Number.POSITIVE_INFINITY : Math.ceil(ratePerMinute / 60);
