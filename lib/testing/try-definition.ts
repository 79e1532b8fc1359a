import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { FileDto } from '@/lib/contracts/file';
import type { JobWarning } from '@/lib/contracts/job';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { PermanentError, unknownSecret } from '@/lib/job-types/failures';
import type { JobContext } from '@/lib/job-types/job-context';
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

/**
 * Runs a job like a worker does, for its test: the input schema validates the data, and the output schema the result.
 * Nothing is stored. What `run` throws is thrown.
 * @param job the default export of a job file
 */
export async function tryJob<Input extends z.ZodType, Output extends z.ZodType>(
  job: {
    input: Input;
    output?: Output;
    run(context: JobContext<z.output<Input>>): Promise<unknown> | unknown;
  },
  data: z.input<Input>,
  options: TryOptions = {},
): Promise<Tried<z.output<Output>>> {
  const hidden = new HiddenValues();
  const tried: Omit<Tried<unknown>, 'result'> = {
    logs: [],
    warnings: [],
    costs: { tokens: 0, usd: 0 },
    progress: [],
    artifacts: new Map(),
    steps: {},
    launches: [],
  };
  const context = contextOf(job.input.parse(data), options, hidden, tried);
  try {
    const returned = await job.run(context);
    const result = job.output ? job.output.parse(returned) : (returned ?? null);
    return { result: hidden.json(result) as z.output<Output>, ...tried };
  } catch (error) {
    throw hidden.error(error);
  }
}

function contextOf<Data>(
  data: Data,
  options: TryOptions,
  hidden: HiddenValues,
  tried: Omit<Tried<unknown>, 'result'>,
): JobContext<Data> {
  const used = new Set<string>();
  return {
    jobId: '00000000-0000-7000-8000-000000000001',
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
