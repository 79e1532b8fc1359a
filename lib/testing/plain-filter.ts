import type { JobStatus } from '@/lib/contracts/status';
import { parseDuration, resolveMoment } from '@/lib/query/measures';
import type { Pattern, Range, Term, ValueTerm } from '@/lib/query/query';

// What a query means, said in TypeScript: tests compare the SQL of queries with it.

export interface PlainBatch {
  id: string;
  name: string;
  paused: boolean;
  notBefore: Date | null;
  createdBy: string;
  tags: unknown;
}

/** A job as the filter sees it. */
export interface PlainJob {
  id: string;
  type: string;
  status: JobStatus;
  batch: PlainBatch | null;
  name: string | null;
  createdBy: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  attempts: number;
  /** the number in its batch, from 1 */
  item: number;
  data: unknown;
  result: unknown;
  error: { message: string; code?: string } | null;
  tags: unknown;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Whether a text is the pattern, or contains it. */
export const like = (text: string | null | undefined, pattern: Pattern, flags: string, whole = true): boolean => {
  if (text === null || text === undefined) return false;
  const body = pattern.map(escaped).join('[\\s\\S]*');
  return new RegExp(whole ? `^${body}$` : body, flags).test(text);
};
const inRange = <T extends number | string>({ from, to }: Range, value: T, parse: (text: string) => T): boolean =>
  (!from || (from.inclusive ? value >= parse(from.text) : value > parse(from.text))) &&
  (!to || (to.inclusive ? value <= parse(to.text) : value < parse(to.text)));

function shown(row: PlainJob): string {
  return row.status === 'pending' && row.batch?.notBefore ? 'delayed' : row.status;
}
const isOpen = ({ status }: PlainJob) => !['completed', 'failed', 'cancelled'].includes(status);
const tagsIn = (tags: unknown): string[] =>
  (Array.isArray(tags) ? tags : typeof tags === 'string' ? [tags] : []).map(String);

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  );
}

function valueFits(value: unknown, test: ValueTerm['test']): boolean {
  if (value === undefined || value === null) return false;
  if ('pattern' in test && test.pattern.length > 1 && test.pattern.every((part) => part === '')) return true;
  const items = Array.isArray(value) ? value : [value];
  return items.some((item) => {
    // Postgres can't read NUL, so it is replaced.
    const text = (typeof item === 'object' ? JSON.stringify(item) : String(item)).replaceAll('\u0000', '\uFFFD');
    if ('pattern' in test) return like(text, test.pattern, '');
    const ends = [test.range.from, test.range.to].flatMap((end) => end?.text ?? []);
    const numeric = ends.every((end) => /^-?\d+(\.\d+)?$/.test(end));
    if (!numeric) return inRange(test.range, text, String);
    return /^-?\d+(\.\d+)?$/.test(text) && inRange(test.range, Number(text), Number);
  });
}

/** Whether a job matches a term of a query that was asked at `now`, in milliseconds; whether the term is negated is not looked at. */
export function fits(row: PlainJob, term: Term, now: number): boolean {
  switch (term.field) {
    case 'status':
      return term.any.some(([status]) => status === shown(row));
    case 'is':
      return term.any.some(([state]) => {
        if (state === 'dead') return row.status === 'failed';
        if (state === 'paused') return isOpen(row) && row.batch?.paused === true;
        return shown(row) === 'pending' && !row.batch?.paused;
      });
    case 'type':
      return term.any.some((pattern) => like(row.type, pattern, ''));
    case 'batch':
      return term.any.some(
        (pattern) => row.batch !== null && (like(row.batch.name, pattern, 'i') || row.batch.id === pattern[0]),
      );
    case 'id':
      return term.any.some(([id]) => id === row.id);
    case 'by':
      return term.any.some((pattern) => like(row.createdBy ?? row.batch?.createdBy, pattern, 'i'));
    case 'tag':
      return term.any.some((pattern) =>
        [...tagsIn(row.tags), ...tagsIn(row.batch?.tags)].some((tag) => like(tag, pattern, 'i')),
      );
    case 'error':
      return like(row.error?.message, term.pattern, 'i') || like(row.error?.code, term.pattern, 'i');
    case 'reason':
      // The tests have reasons without numbers, ids and quotes.
      return row.status === 'failed' && like(row.error?.message, term.pattern, '');
    case 'code':
      return row.status === 'failed' && term.any.some((pattern) => like(row.error?.code, pattern, ''));
    case 'name':
      return like(row.name, term.pattern, 'i');
    case 'data':
    case 'result':
      return valueFits(at(row[term.field], term.path), term.test);
    case 'created':
    case 'finished': {
      const time = (term.field === 'created' ? row.createdAt : row.finishedAt)?.getTime();
      if (time === undefined) return false;
      if ('at' in term.test) {
        const period = resolveMoment(term.test.at, now);
        return period !== undefined && time >= period.start && time < period.end;
      }
      const { from, to } = term.test.range;
      const [begin, end] = [from && resolveMoment(from.text, now), to && resolveMoment(to.text, now)];
      return (
        (!from || !begin || (from.inclusive ? time >= begin.start : time > begin.start)) &&
        (!to || !end || (to.inclusive ? time < end.end : time < end.start))
      );
    }
    case 'took':
      if (!row.startedAt || !row.finishedAt || !('range' in term.test)) return false;
      return inRange(
        term.test.range,
        row.finishedAt.getTime() - row.startedAt.getTime(),
        (text) => parseDuration(text) ?? 0,
      );
    case 'attempts':
      return 'at' in term.test ? row.attempts === Number(term.test.at) : inRange(term.test.range, row.attempts, Number);
    case 'item':
      if (!row.batch) return false;
      return 'at' in term.test ? row.item === Number(term.test.at) : inRange(term.test.range, row.item, Number);
    case 'text': {
      const { pattern } = term;
      const json = pattern.map((part) => JSON.stringify(part).slice(1, -1));
      return (
        [row.name, row.error?.message, row.error?.code].some((text) => like(text, pattern, 'i', false)) ||
        [row.data, row.result].some((value) => value !== null && like(JSON.stringify(value), json, 'i', false))
      );
    }
  }
}
