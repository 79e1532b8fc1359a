import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Launching, launchProblem } from '@/lib/job-types/launching';

/** A job or a batch that a tried job launched. */
export interface MadeLaunch {
  kind: 'job' | 'batch';
  type: string;
  key: string;
  /** of a job its data, of a batch its items */
  data: unknown;
}

const ID = '00000000-0000-7000-8000-';

/** `enqueue` and `launch` of a tried job: the same rules for keys, nothing runs. @param made receives what is launched */
export function memoryLaunches(made: MadeLaunch[]): Launching {
  const used = new Set<string>();
  const add = (kind: MadeLaunch['kind'], type: string, key: string, data: unknown): string => {
    const problem = launchProblem(kind, key, used);
    if (problem) throw problem;
    used.add(`${kind} ${key}`);
    made.push({ kind, type, key, data: parseJson(stringifyJson(data)) });
    return `${ID}${String(made.length + 1).padStart(12, '0')}`;
  };
  return {
    async enqueue(type, data, { key = type } = {}) {
      return { jobId: add('job', type, key, data) };
    },
    async launch(type, items, { key = type } = {}) {
      const all: unknown[] = [];
      for await (const item of items) all.push(item);
      return { batchId: add('batch', type, key, all), count: all.length };
    },
  };
}
