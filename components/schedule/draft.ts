import { fromControl, toControl } from '@/components/ui/date-control';
import type { TimingBody } from '@/lib/client/queries/schedules';
import type { BatchDto } from '@/lib/contracts/batch';
import { MIN_EVERY_SECONDS } from '@/lib/contracts/bounds';
import type { ItemSource } from '@/lib/contracts/choices';
import type { Overlap } from '@/lib/contracts/firing';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import type { CatchUp, ScheduleDto } from '@/lib/contracts/schedule';
import type { LaunchKind, ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { parseQuery } from '@/lib/query/parse';
import { ownZone } from './zone-time';

/** The form of a schedule as it is typed. */
export interface Draft {
  name: string;
  by: 'cron' | 'every';
  cron: string;
  every: string;
  /** seconds of the unit of `every` */
  unit: string;
  timeZone: string;
  kind: LaunchKind;
  /** name of the batch or job */
  title: string;
  type: string;
  /** where the items of a batch come from */
  source: ItemSource;
  /** JSON: the items of a batch, the input of a job, the tree of a flow */
  content: string;
  fileId: string | null;
  fileName: string | null;
  url: string;
  /** a query over jobs */
  query: string;
  /** other fields of the launch, such as options, which the form keeps */
  rest: object;
  overlap: Overlap;
  catchUp: CatchUp;
  catchUpSeconds: string;
  jitterSeconds: string;
  startAt: string;
  endAt: string;
  exclude: string;
  pauseAfterFailures: string;
}

export const UNITS = [
  ['1', 'seconds'],
  ['60', 'minutes'],
  ['3600', 'hours'],
  ['86400', 'days'],
] as const;

export const emptyDraft = (): Draft => ({
  name: '',
  by: 'cron',
  cron: '0 2 * * *',
  every: '15',
  unit: '60',
  timeZone: ownZone(),
  kind: 'batch',
  title: '',
  type: '',
  source: 'items',
  content: '',
  fileId: null,
  fileName: null,
  url: '',
  query: 'status:failed created:>1d',
  rest: {},
  overlap: 'skip',
  catchUp: 'none',
  catchUpSeconds: '',
  jitterSeconds: '',
  startAt: '',
  endAt: '',
  exclude: '',
  pauseAfterFailures: '',
});

const pretty = (value: unknown): string => (value === undefined ? '' : stringifyJson(value, 2));

/** Returns the form of a new schedule that launches what a batch launched. */
export const draftOfBatch = ({ name, type, options }: BatchDto, items: readonly unknown[]): Draft => ({
  ...emptyDraft(),
  name,
  kind: 'batch',
  title: name,
  type,
  content: items.map((item) => stringifyJson(item)).join('\n'),
  rest: Object.keys(options).length > 0 ? { options } : {},
});

/** Returns the form of an existing schedule. */
export function draftOf(schedule: ScheduleDto): Draft {
  const { everySeconds, launches } = schedule;
  const launch = (schedule.launch ?? {}) as ScheduledLaunch;
  const unit = UNITS.findLast(([seconds]) => (everySeconds ?? 60) % Number(seconds) === 0)?.[0] ?? '1';
  const { batch, job, flow } = launch;
  const empty = emptyDraft();
  return {
    ...empty,
    name: schedule.name,
    by: schedule.cron === null ? 'every' : 'cron',
    cron: schedule.cron ?? '0 2 * * *',
    every: String((everySeconds ?? 900) / Number(unit)),
    unit,
    timeZone: schedule.timeZone,
    kind: launches.kind,
    title: launches.name ?? '',
    type: launches.types[0] ?? '',
    source: launches.from ?? 'items',
    content: batch?.items ? batch.items.map((item) => stringifyJson(item)).join('\n') : pretty(job ? job.data : flow),
    fileId: launches.fileId,
    fileName: launches.fileId,
    url: batch?.url ?? '',
    query: batch?.query ?? (launches.from === 'query' ? '' : empty.query),
    rest: restOf(launch),
    overlap: schedule.overlap,
    catchUp: schedule.catchUp,
    catchUpSeconds: numberText(schedule.catchUpSeconds),
    jitterSeconds: schedule.jitterSeconds === 0 ? '' : String(schedule.jitterSeconds),
    startAt: toControl(schedule.startAt),
    endAt: toControl(schedule.endAt),
    exclude: schedule.exclude.map(({ from, to }) => (from === to ? from : `${from}/${to}`)).join(', '),
    pauseAfterFailures: numberText(schedule.pauseAfterFailures),
  };
}

function restOf({ batch, job }: ScheduledLaunch): object {
  const { name: _name, type: _type, ...rest } = batch ?? job ?? { name: '', type: '' };
  const dropped = ['items', 'fileId', 'url', 'query', 'data'];
  return Object.fromEntries(Object.entries(rest).filter(([key]) => !dropped.includes(key)));
}

const numberText = (value: number | null): string => (value === null ? '' : String(value));

/** Returns what decides when the schedule fires; null while that is not complete. */
export function timingOfDraft(draft: Draft): TimingBody | null {
  const everySeconds = Number(draft.every) * Number(draft.unit);
  const isReady = draft.by === 'cron' ? draft.cron.trim() !== '' : everySeconds >= MIN_EVERY_SECONDS;
  if (!isReady || draft.timeZone.trim() === '') return null;
  return {
    ...(draft.by === 'cron' ? { cron: draft.cron.trim() } : { everySeconds }),
    timeZone: draft.timeZone.trim(),
    startAt: fromControl(draft.startAt),
    endAt: fromControl(draft.endAt),
    exclude: excludedOf(draft.exclude),
  };
}

/** Ranges of moments have a T; a range of dates is sent as it was typed. */
const excludedOf = (text: string): unknown[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      const [from, to] = entry.split('/');
      return from?.includes('T') ? { from, to } : entry;
    });

export type DraftErrors = Partial<Record<keyof Draft, string>>;

/** Returns the body of a draft, or what is wrong with it. @param before the form as it was stored */
export function bodyOfDraft(draft: Draft, before: Draft | null): { body: object | null; errors: DraftErrors } {
  const errors: DraftErrors = {};
  if (draft.name.trim() === '') errors.name = 'Enter a name';
  const timing = timingOfDraft(draft);
  if (!timing) {
    if (draft.timeZone.trim() === '') errors.timeZone = 'Choose a time zone';
    else
      errors[draft.by === 'cron' ? 'cron' : 'every'] =
        draft.by === 'cron' ? 'Enter five fields' : `Enter at least ${MIN_EVERY_SECONDS} seconds`;
  }
  const changed =
    before === null ||
    (['kind', 'title', 'type', 'source', 'content', 'fileId', 'url', 'query'] as const).some(
      (key) => draft[key] !== before[key],
    );
  const launch = changed ? launchOf(draft, errors) : undefined;
  if (Object.keys(errors).length > 0 || !timing) return { body: null, errors };
  const number = (text: string, empty: number | null) => (text.trim() === '' ? empty : Number(text));
  return {
    errors,
    body: {
      name: draft.name.trim(),
      ...timing,
      ...(launch ? { launch } : {}),
      overlap: draft.overlap,
      catchUp: draft.catchUp,
      catchUpSeconds: number(draft.catchUpSeconds, null),
      jitterSeconds: number(draft.jitterSeconds, 0),
      pauseAfterFailures: number(draft.pauseAfterFailures, null),
    },
  };
}

function launchOf(draft: Draft, errors: DraftErrors): object | undefined {
  const { kind, title, type, content, name, rest } = draft;
  if (kind !== 'flow' && type === '') errors.type = 'Choose a job type';
  if (kind === 'batch') {
    const items = itemsOf(draft, errors);
    return items && { batch: { ...rest, name: title.trim() || name.trim(), type, ...items } };
  }
  const parsed = readContent(kind, content);
  if ('fault' in parsed) {
    errors.content = parsed.fault;
    return undefined;
  }
  if (kind === 'job')
    return { job: { ...rest, type, data: parsed.value, ...(title.trim() ? { name: title.trim() } : {}) } };
  return { flow: parsed.value };
}

/** Returns the part of a batch that says where its items come from. */
function itemsOf({ source, content, fileId, url, query }: Draft, errors: DraftErrors): object | undefined {
  if (source === 'file') {
    if (fileId === null) errors.fileId = 'Choose a file';
    return { fileId };
  }
  if (source === 'url') {
    if (url.trim() === '') errors.url = 'Enter an address';
    return { url: url.trim() };
  }
  if (source === 'query') {
    const [problem] = parseQuery(query, 'jobs').problems;
    if (query.trim() === '') errors.query = 'Enter a query over jobs';
    // The bar itself marks the place.
    else if (problem) errors.query = 'Correct the query first';
    return { query: query.trim() };
  }
  const parsed = readContent('batch', content);
  if ('value' in parsed) return { items: parsed.value };
  errors.content = parsed.fault;
  return undefined;
}

/** Reads JSON; the items of a batch may also stand one on each line. */
function readContent(kind: LaunchKind, text: string): { value: unknown } | { fault: string } {
  if (text.trim() === '')
    return { fault: kind === 'batch' ? 'Enter at least one item, or choose where they come from' : 'Enter JSON' };
  try {
    if (kind !== 'batch' || text.trim().startsWith('[')) return { value: parseJson(text) };
  } catch (error) {
    return { fault: `This is no JSON: ${error instanceof Error ? error.message : ''}` };
  }
  const lines = text.split('\n');
  const items: unknown[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      items.push(parseJson(line));
    } catch {
      return { fault: `Line ${i + 1} is no JSON` };
    }
  }
  return { value: items };
}
