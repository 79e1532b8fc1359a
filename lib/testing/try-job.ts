import type { FileDto } from '@/lib/contracts/file';
import type { JobWarning } from '@/lib/contracts/job';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { definitionOf, type InputOf, type JobType, type OutputOf, workInDefinition } from '@/lib/job-types/catalogue';
import { unknownSecret } from '@/lib/job-types/failures';
import type { JobContext } from '@/lib/job-types/job-context';
import { stepProblem } from '@/lib/job-types/steps';
import { HiddenValues } from '@/lib/outbound/hidden-values';
import { type MadeLaunch, memoryLaunches } from './memory-launches';
import { memoryValues } from './memory-values';

export interface Tried<T extends JobType> {
  result: OutputOf<T>;
  logs: string[];
  warnings: JobWarning[];
  /** the sum of what it reported */
  costs: { tokens: number; usd: number };
  /** `[current, total, message]` of each update */
  progress: [number, number, string | undefined][];
  /** the files that it stored, by name */
  artifacts: Map<string, string>;
  /** what its steps returned, by name: give them to the next attempt */
  steps: Record<string, unknown>;
  /** what it launched, in order */
  launches: MadeLaunch[];
}

interface Attempted {
  signal?: AbortSignal;
  attempt?: number;
  /** values by name */
  secrets?: Record<string, string>;
  /** what `kv` holds, by key; `until` in milliseconds since 1970 */
  values?: Map<string, { value: unknown; until: number }>;
  /** what is remembered of earlier attempts */
  steps?: Record<string, unknown>;
}

/**
 * Runs a type's `run` function like a consumer: the input schema validates the data, and the output schema the result.
 * For tests of the type; nothing is stored.
 */
export async function tryJob<T extends JobType>(type: T, data: unknown, options: Attempted = {}): Promise<Tried<T>> {
  const work = workInDefinition(type);
  if (!work) throw new Error(`${type} does not hold its work: test its processor.`);
  const definition = definitionOf(type);
  const hidden = new HiddenValues();
  const used = new Set<string>();
  const tried: Omit<Tried<T>, 'result'> = {
    logs: [],
    warnings: [],
    costs: { tokens: 0, usd: 0 },
    progress: [],
    artifacts: new Map(),
    steps: {},
    launches: [],
  };
  const job: JobContext<InputOf<T>> = {
    jobId: '00000000-0000-7000-8000-000000000001',
    batchId: null,
    organizationId: 'test',
    correlationId: 'test',
    attempt: options.attempt ?? 1,
    data: definition.input.parse(data) as InputOf<T>,
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
    openFile: async () => {
      throw new Error('No file is stored in this test.');
    },
    saveArtifact: async (name, contentType, body) => {
      const parts: Uint8Array[] = [];
      const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
      for await (const piece of pieces) parts.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
      const bytes = Buffer.concat(parts);
      tried.artifacts.set(hidden.text(name), bytes.toString());
      return { fileId: name, name, size: bytes.length, contentType, sha256: '' } as FileDto;
    },
  };
  try {
    const returned = await (work as (job: JobContext<InputOf<T>>) => Promise<unknown>)(job);
    definition.output.parse(returned);
    return { result: hidden.json(returned) as OutputOf<T>, ...tried };
  } catch (error) {
    throw hidden.error(error);
  }
}
