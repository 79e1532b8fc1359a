import { BATCH_STATUSES, FLOW_STATUSES, JOB_STATUSES } from '@/lib/contracts/status';
import type { Field, QueryKind } from './query';

export type NamedField = Exclude<Field, 'text'>;

interface FieldFacts {
  of: readonly QueryKind[];
  /** a short description for suggestions and error messages */
  hint: string;
  /** a correct term */
  example: string;
}

const ALL: readonly QueryKind[] = ['jobs', 'batches', 'flows'];
const JOBS: readonly QueryKind[] = ['jobs'];

/** The fields in the order in which they are suggested. */
export const FIELDS: Readonly<Record<NamedField, FieldFacts>> = {
  status: { of: ALL, hint: 'one or several, separated by commas', example: 'status:failed' },
  type: { of: ALL, hint: 'the job type', example: 'type:diagnostic' },
  name: { of: ALL, hint: 'the whole name, or a part with *', example: 'name:report*' },
  error: { of: ALL, hint: 'the whole message or code, or a part with *', example: 'error:*timeout*' },
  reason: {
    of: JOBS,
    hint: 'the message, with # for numbers, ids and quoted values',
    example: 'reason:"HTTP # from #"',
  },
  code: { of: JOBS, hint: 'the code of the error', example: 'code:timeout' },
  data: { of: JOBS, hint: 'a value of the input', example: 'data.customer:acme' },
  result: { of: JOBS, hint: 'a value of the result', example: 'result.status:404' },
  created: { of: ALL, hint: 'a day, or > and < with a time or an age', example: 'created:>1h' },
  finished: { of: ALL, hint: 'a day, or > and < with a time or an age', example: 'finished:today' },
  took: { of: ALL, hint: 'the duration, with > or <', example: 'took:>30s' },
  attempts: { of: JOBS, hint: 'a number, or > and <', example: 'attempts:>1' },
  batch: { of: ['jobs', 'batches'], hint: 'the id or the name of the batch', example: 'batch:import*' },
  item: { of: JOBS, hint: 'the number in its batch, from 1', example: 'item:1..100' },
  by: { of: ALL, hint: 'who launched it', example: 'by:ana' },
  tag: { of: ['jobs', 'batches'], hint: 'one of metadata.tags', example: 'tag:nightly' },
  is: { of: ALL, hint: 'dead, paused, queued', example: 'is:dead' },
  id: { of: ALL, hint: 'the id', example: 'id:0199…' },
};

export const FIELD_NAMES = Object.keys(FIELDS) as NamedField[];

const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a text is the id of a job, a batch or a flow. */
export const looksLikeId = (text: string): boolean => ID.test(text);

/** Fields that are followed by a path. */
export const hasPath = (field: NamedField): field is 'data' | 'result' => field === 'data' || field === 'result';

export const STATUSES: Readonly<Record<QueryKind, readonly string[]>> = {
  jobs: JOB_STATUSES,
  batches: BATCH_STATUSES,
  flows: FLOW_STATUSES,
};

/** The values of `is`: `dead` = failed for good; `paused`, `queued` = waits because of the batch, or for its turn. */
export const STATES: Readonly<Record<QueryKind, readonly string[]>> = {
  jobs: ['dead', 'paused', 'queued'],
  batches: ['dead', 'paused', 'queued'],
  flows: ['dead'],
};

/** Returns the fields of a kind, in the order of suggestions. */
export const fieldsOf = (kind: QueryKind): NamedField[] => FIELD_NAMES.filter((name) => FIELDS[name].of.includes(kind));
