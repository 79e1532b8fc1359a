import { MAX_JOB_IDS } from '@/lib/contracts/bounds';

/** The rows that a person chose in a list. A value: every change returns a new one. */
export type Selection<Row extends Selectable> = Picked<Row> | Matching<Row>;

export interface Selectable {
  id: string;
}

/** Single rows. */
export interface Picked<Row> {
  kind: 'some';
  rows: ReadonlyMap<string, Row>;
  /** the row from which a range begins */
  anchor: string | null;
  /** rows that a range did not take because the selection is full */
  left: number;
}

/** Everything that matches a query, apart from single rows. */
export interface Matching<Row> {
  kind: 'all';
  match: Match;
  without: ReadonlyMap<string, Row>;
  anchor: string | null;
  left: number;
}

/** What a selection matches that is not a list of rows. */
export interface Match {
  query: string;
  /** of a batch: indexes of the items, the first and one past the last; absent: everything that the list shows */
  items?: readonly [from: number, to: number];
}

/** Rows that are picked one by one, at most. */
export const MAX_PICKED = MAX_JOB_IDS;
/** Rows that are left out of everything that matches, at most: a query has no more values in a term. */
export const MAX_WITHOUT = 40;

const NO_ROWS: ReadonlyMap<string, never> = new Map<string, never>();
export const NOTHING: Picked<never> = { kind: 'some', rows: NO_ROWS, anchor: null, left: 0 };

export const isEmpty = (selection: Selection<Selectable>): boolean =>
  selection.kind === 'some' && selection.rows.size === 0;

/** Whether a row is selected. @param index the place of the row in its batch, if it has one */
export function isSelected(selection: Selection<Selectable>, id: string, index: number | null = null): boolean {
  if (selection.kind === 'some') return selection.rows.has(id);
  const { items } = selection.match;
  const isMatch = !items || (index !== null && index >= items[0] && index < items[1]);
  return isMatch && !selection.without.has(id);
}

/** Selects rows, or removes them. What does not fit is counted in `left`. */
function setRows<Row extends Selectable>(
  selection: Selection<Row>,
  rows: readonly Row[],
  selected: boolean,
  anchor: string | null,
): Selection<Row> {
  const isPicked = selection.kind === 'some';
  const listed = new Map(isPicked ? selection.rows : selection.without);
  const limit = isPicked ? MAX_PICKED : MAX_WITHOUT;
  let left = 0;
  for (const row of rows) {
    if (selected !== isPicked) listed.delete(row.id);
    else if (listed.has(row.id) || listed.size < limit) listed.set(row.id, row);
    else left += 1;
  }
  return isPicked ? { kind: 'some', rows: listed, anchor, left } : { ...selection, without: listed, anchor, left };
}

/** Selects a row, or removes it. It is the anchor of the next range. */
export function toggleRow<Row extends Selectable & { index?: number | null }>(
  selection: Selection<Row>,
  row: Row,
): Selection<Row> {
  const selected = isSelected(selection, row.id, row.index ?? null);
  // Outside of the items that were dragged over: from here on the rows are picked one by one.
  if (!selected && selection.kind === 'all' && !selection.without.has(row.id)) {
    return setRows<Row>(NOTHING, [row], true, row.id);
  }
  return setRows(selection, [row], !selected, row.id);
}

/**
 * Selects all rows from the anchor to a row, in the order in which they are shown now. Without an anchor on the list it
 * selects the row.
 */
export function selectRange<Row extends Selectable & { index?: number | null }>(
  selection: Selection<Row>,
  shown: readonly Row[],
  id: string,
): Selection<Row> {
  const to = shown.findIndex((row) => row.id === id);
  const row = shown[to];
  if (!row) return selection;
  const from = selection.anchor === null ? -1 : shown.findIndex((each) => each.id === selection.anchor);
  if (from < 0) return setRows(selection, [row], true, id);
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  // From the anchor on, so that a full selection holds the rows that are next to it.
  return setRows(selection, to < from ? range.reverse() : range, true, selection.anchor);
}

/**
 * Follows the focus from a row to one beside it: both are selected. On the way back to the anchor the row that is left is
 * removed instead.
 */
export function extendTo<Row extends Selectable & { index?: number | null }>(
  selection: Selection<Row>,
  shown: readonly Row[],
  [from, to]: readonly [from: Row, to: Row],
): Selection<Row> {
  if (!isSelected(selection, from.id, from.index ?? null)) {
    return selectRange(toggleRow(selection, from), shown, to.id);
  }
  const placeOf = (id: string | null): number => shown.findIndex((row) => row.id === id);
  const anchor = placeOf(selection.anchor);
  const isOnTheWayBack = anchor >= 0 && Math.abs(placeOf(to.id) - anchor) < Math.abs(placeOf(from.id) - anchor);
  return isOnTheWayBack ? setRows(selection, [from], false, selection.anchor) : selectRange(selection, shown, to.id);
}

/** Selects these rows and no others. */
export const selectRows = <Row extends Selectable>(rows: readonly Row[]): Selection<Row> =>
  setRows<Row>(NOTHING, rows, true, null);

/** Selects everything that matches. */
export const selectMatching = <Row extends Selectable>(match: Match): Selection<Row> => ({
  kind: 'all',
  match,
  without: new Map(),
  anchor: null,
  left: 0,
});

/** Returns the query of a selection that is not a list of rows. */
export function queryOfMatching({ match, without }: Matching<Selectable>): string {
  const items = match.items ? `item:${match.items[0] + 1}..${match.items[1]}` : '';
  const left = without.size > 0 ? `-id:${[...without.keys()].join(',')}` : '';
  return [match.query, items, left].filter(Boolean).join(' ');
}

/** How many of a number of jobs an action applies to, and what the others are. */
export interface Applies {
  applies: number;
  of: number;
  /** `8 are active, 1 is completed`; empty: it applies to all */
  others: string;
}

/** Counts by status what an action applies to. */
export function appliesTo(byStatus: Readonly<Record<string, number>>, statuses: readonly string[]): Applies {
  const entries = Object.entries(byStatus).filter(([, count]) => count > 0);
  const sum = (list: typeof entries): number => list.reduce((total, [, count]) => total + count, 0);
  const rest = entries.filter(([status]) => !statuses.includes(status));
  const words = rest.map(
    ([status, count]) => `${count.toLocaleString('en-US')} ${count === 1 ? 'is' : 'are'} ${status}`,
  );
  const of = sum(entries);
  return { applies: of - sum(rest), of, others: words.join(', ') };
}
