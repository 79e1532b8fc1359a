import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { FileDto } from '@/lib/contracts/file';
import type { JobWarning } from '@/lib/contracts/job';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { PermanentError, unknownSecret } from '@/lib/job-types/failures';
import type { JobContext } from '@/lib/job-types/job-context';
import { outcomesOf } from '@/lib/job-types/many';
import { stepProblem } from '@/lib/job-types/steps';
import { HiddenValues } from '@/lib/outbound/hidden-values';
import { type MadeLaunch, memoryLaunches } from './memory-launches';
import { memoryValues } from './memory-values';

/** What a run did. */
export interface Tried<Result> {
  result: Result;
  logs: string[];
  warnings: JobWarning[];
  /** the sum of what it reported */
  costs: { tokens: number; usd: number };
  /** `[current, total, message]` of each update */
  progress: [number, number, string | undefined][];
  /** the files that it stored, by name */
  artifacts: Map<string, Buffer>;
  /** what its steps returned, by name: give them to the next attempt */
  steps: Record<string, unknown>;
  /** what it launched, in order */
  launches: MadeLaunch[];
}

export interface TryOptions {
  signal?: AbortSignal;
  /** the number of the attempt, 1 by default */
  attempt?: number;
  /** the stored files, by the id that the input names; a text is stored as UTF-8 */
  files?: Record<string, string | Uint8Array>;
  /** values by name */
  secrets?: Record<string, string>;
  /** what `kv` holds, by key; `until` in milliseconds since 1970 */
  values?: Map<string, { value: unknown; until: number }>;
  /** what is remembered of earlier attempts */
  steps?: Record<string, unknown>;
}

/** What a run did for one of several items: it has a result, or the error of that item. */
export type TriedItem<Result> = Omit<Tried<Result>, 'result'> & { result?: Result; error?: Error };

interface Definition<Input extends z.ZodType, Output extends z.ZodType> {
  input: Input;
  output?: Output;
}

/** The default export of a job file that does the work of one item. */
interface OneDefinition<Input extends z.ZodType, Output extends z.ZodType> extends Definition<Input, Output> {
  run(context: JobContext<z.output<Input>>): Promise<unknown> | unknown;
}

/** The default export of a job file that does the work of many items in one call. */
interface ManyDefinition<Input extends z.ZodType, Output extends z.ZodType> extends Definition<Input, Output> {
  runMany(contexts: JobContext<z.output<Input>>[]): Promise<unknown[]> | unknown[];
  maxItems: number;
}

/**
 * Runs a job like a worker does, for its test: the input schema validates the data, and the output schema the result.
 * Nothing is stored. What `run` throws is thrown.
 * @param job the default export of a job file; `runMany` gets one item
 */
export async function tryJob<Input extends z.ZodType, Output extends z.ZodType>(
  job: OneDefinition<Input, Output> | ManyDefinition<Input, Output>,
  data: z.input<Input>,
  options: TryOptions = {},
): Promise<Tried<z.output<Output>>> {
  if ('runMany' in job) {
    const only = must((await tryMany(job, [data], options))[0], 'The outcome of the item');
    if (only.error) throw only.error;
    return only as Tried<z.output<Output>>;
  }
  const hidden = new HiddenValues();
  const { context, tried } = trialOf(job.input.parse(data), 1, options, hidden);
  try {
    return { result: resultOf(job, await job.run(context), hidden), ...tried };
  } catch (error) {
    throw hidden.error(error);
  }
}

/**
 * Runs several items in one call like a worker does, for the test of a job with `runMany`. Nothing is stored. What
 * `runMany` throws is thrown; a worker fails every item of the call with it.
 * @param items at most `maxItems`
 * @param options of every item
 * @returns what was done for each item, in their order
 */
export async function tryMany<Input extends z.ZodType, Output extends z.ZodType>(
  job: ManyDefinition<Input, Output>,
  items: readonly z.input<Input>[],
  options: TryOptions = {},
): Promise<TriedItem<z.output<Output>>[]> {
  if (items.length > job.maxItems) {
    throw new RangeError(`${items.length} items are more than a call has: maxItems is ${job.maxItems}.`);
  }
  const hidden = new HiddenValues();
  const trials = items.map((data, i) => trialOf(job.input.parse(data), i + 1, options, hidden));
  let outcomes: unknown[];
  try {
    outcomes = outcomesOf(await job.runMany(trials.map(({ context }) => context)), items.length);
  } catch (error) {
    throw hidden.error(error);
  }
  return trials.map(({ tried }, i) => {
    try {
      const outcome = outcomes[i];
      if (outcome instanceof Error) throw outcome;
      return { result: resultOf(job, outcome, hidden), ...tried };
    } catch (error) {
      return { error: hidden.error(error) as Error, ...tried };
    }
  });
}

function resultOf<Input extends z.ZodType, Output extends z.ZodType>(
  { output }: Definition<Input, Output>,
  returned: unknown,
  hidden: HiddenValues,
): z.output<Output> {
  return hidden.json(output ? output.parse(returned) : (returned ?? null)) as z.output<Output>;
}

/** What an attempt gets, and where what it does is noted. @param number of the item, from 1 */
function trialOf<Data>(data: Data, number: number, options: TryOptions, hidden: HiddenValues) {
  const tried: Omit<Tried<unknown>, 'result'> = {
    logs: [],
    warnings: [],
    costs: { tokens: 0, usd: 0 },
    progress: [],
    artifacts: new Map(),
    steps: {},
    launches: [],
  };
  const jobId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return { context: { ...contextOf(data, options, hidden, tried), jobId }, tried };
}

function contextOf<Data>(
  data: Data,
  options: TryOptions,
  hidden: HiddenValues,
  tried: Omit<Tried<unknown>, 'result'>,
): Omit<JobContext<Data>, 'jobId'> {
  const used = new Set<string>();
  return {
    batchId: null,
    organizationId: 'test',
    correlationId: 'test',
    attempt: options.attempt ?? 1,
    data,
    signal: options.signal ?? new AbortController().signal,
    log: (_, message) => tried.logs.push(hidden.text(message)),
    warn: (code, message) => tried.warnings.push({ code: hidden.text(code), message: hidden.text(message) }),
    cost: ({ tokens = 0, usd = 0 }) => {
      tried.costs.tokens += tokens;
      tried.costs.usd += usd;
    },
    secret: async (name) => {
      const value = options.secrets?.[name];
      if (value === undefined) throw unknownSecret(name);
      hidden.hide({ name, value });
      return value;
    },
    step: async (name, work) => {
      const problem = stepProblem(name, used);
      if (problem) throw problem;
      used.add(name);
      const known = options.steps?.[name];
      tried.steps[name] = parseJson(stringifyJson(known === undefined ? ((await work()) ?? null) : known));
      return tried.steps[name] as Awaited<ReturnType<typeof work>>;
    },
    ...memoryLaunches(tried.launches),
    kv: memoryValues(options.values ?? new Map()),
    updateProgress: (current, total, message) =>
      tried.progress.push([current, total, message === undefined ? message : hidden.text(message)]),
    openFile: async (fileId) => open(fileId, options.files?.[fileId]),
    saveArtifact: async (name, contentType, body) => {
      const bytes = await bytesOf(body);
      tried.artifacts.set(hidden.text(name), bytes);
      return describe(name, bytes, contentType);
    },
  };
}

function open(fileId: string, content: string | Uint8Array | undefined): { file: FileDto; stream: Readable } {
  if (content === undefined) {
    throw new PermanentError(`No file ${fileId} is stored. Give it to tryJob: { files: { … } }`, 'file-not-found');
  }
  const bytes = Buffer.from(content);
  return { file: describe(fileId, bytes, 'application/octet-stream'), stream: Readable.from([bytes]) };
}

const describe = (name: string, bytes: Buffer, contentType: string): FileDto => ({
  fileId: name,
  name,
  size: bytes.length,
  contentType,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

async function bytesOf(body: Parameters<JobContext<unknown>['saveArtifact']>[2]): Promise<Buffer> {
  const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(parts);
}
