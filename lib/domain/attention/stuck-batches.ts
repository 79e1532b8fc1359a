import type { StuckBatchDto } from '@/lib/contracts/doctor';
import type { Context } from '@/lib/domain/context';
import { listStuckBatches } from '@/lib/domain/doctor/list-stuck-batches';
import { counted, type Found, MAX_ITEMS, moreOf } from './item';

/** These reasons are the same for all batches, so each is one item of its own. */
const OF_ALL = new Set(['queue-paused', 'no-workers']);

/** Batches that look stuck to the doctor, and batches that wait for items that nobody sends. */
export async function findStuckBatches(
  context: Context,
  { pausedQueues }: { pausedQueues: readonly string[] },
): Promise<Found[]> {
  const all = (await listStuckBatches(context, pausedQueues))
    .map((batch) => ({ ...batch, reasons: batch.reasons.filter(({ code }) => !OF_ALL.has(code)) }))
    .filter(({ reasons }) => reasons.length > 0);
  const open = all.filter(isOpen);
  const stuck = all.filter((batch) => !isOpen(batch));
  return [...firstOf(stuck, toStuck, restOfStuck), ...firstOf(open, toOpen, restOfOpen)];
}

/** It stands still only because it waits for items. */
const isOpen = ({ reasons }: StuckBatchDto): boolean => reasons.every(({ code }) => code === 'never-sealed');

function firstOf(
  batches: readonly StuckBatchDto[],
  toItem: (batch: StuckBatchDto) => Found,
  rest: (batches: readonly StuckBatchDto[]) => Found,
): Found[] {
  const items = batches.slice(0, MAX_ITEMS).map(toItem);
  return batches.length > MAX_ITEMS ? [...items, rest(batches.slice(MAX_ITEMS))] : items;
}

const toStuck = ({ batchId, name, open, since, reasons }: StuckBatchDto): Found => ({
  id: `batch-stuck:${batchId}`,
  kind: 'batch-stuck',
  severity: 'critical',
  since,
  count: open,
  text: `${name} looks stuck. ${reasons.map(({ message }) => message).join(' ')}`,
  link: `/batches/${batchId}?doctor=open`,
  actions: [
    { label: 'Repair', method: 'POST', path: `/api/batches/${batchId}/mend`, body: {}, permission: 'batch.repair' },
  ],
});

const toOpen = ({ batchId, name, open, since }: StuckBatchDto): Found => ({
  id: `waiting-for-items:${batchId}`,
  kind: 'waiting-for-items',
  severity: 'warning',
  since,
  count: open,
  text: `${name} still waits for further items: it was never closed, and none has come for a while.`,
  link: `/batches/${batchId}`,
  actions: [
    {
      label: 'Close',
      method: 'POST',
      path: `/api/batches/${batchId}/seal`,
      body: {},
      permission: 'batch.change',
      confirm: 'The batch ends as soon as its items have ended. No further items can be added.',
    },
  ],
});

const restOfStuck = (batches: readonly StuckBatchDto[]): Found =>
  moreOf({
    kind: 'batch-stuck',
    severity: 'critical',
    since: batches[0]?.since ?? null,
    count: batches.length,
    text: `${counted(batches.length, 'more batch looks', 'more batches look')} stuck.`,
    link: '/batches?query=status%3Ain-progress%2Cpending',
  });

const restOfOpen = (batches: readonly StuckBatchDto[]): Found =>
  moreOf({
    kind: 'waiting-for-items',
    severity: 'warning',
    since: batches[0]?.since ?? null,
    count: batches.length,
    text: `${counted(batches.length, 'more batch waits', 'more batches wait')} for further items.`,
    link: '/batches?query=status%3Ain-progress%2Cpending',
  });
