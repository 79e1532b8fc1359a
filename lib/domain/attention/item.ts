import type { AttentionAction, AttentionItem } from '@/lib/contracts/attention';

/** Items of one kind. What is beyond them is counted in one more item. */
export const MAX_ITEMS = 5;
/** Rows that one reader counts at most. */
export const MAX_COUNTED = 500;

/** What a reader returns: actions that the caller may not take are removed later. */
export type Found = Omit<AttentionItem, 'since'> & { since: Date | string | null };

/** `1 item`, `1,200 items` */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** The same for rows of which at most `MAX_COUNTED` were counted: `more than 500 batches`. */
export const atLeast = (n: number, one: string, many = `${one}s`): string =>
  n > MAX_COUNTED ? `more than ${counted(MAX_COUNTED, one, many)}` : counted(n, one, many);

export const listLink = (list: 'batches' | 'jobs', query: string): string =>
  `/${list}?query=${encodeURIComponent(query)}`;

export const resumeBatch = (batchId: string): AttentionAction => ({
  label: 'Resume',
  method: 'POST',
  path: `/api/batches/${batchId}/resume`,
  permission: 'batch.pause',
});

/** Stands for the items of a kind that are beyond the listed ones. */
export const moreOf = (fields: Omit<Found, 'id' | 'actions'>): Found => ({
  ...fields,
  id: `${fields.kind}:more`,
  actions: [],
});
