import type { JobTypeDto } from '@/lib/contracts/job-type';
import type { FileSample } from './sample-files';

/** Items to try a job type with. */
export type Sample = { items: readonly unknown[] } | FileSample;

/** Types whose items are files; the schema of another type has its examples. */
const OF_FILES: Readonly<Record<string, () => Promise<FileSample>>> = {
  'data-conversion': () => import('./sample-files').then(({ conversionSample }) => conversionSample()),
  'model-training': () => import('./sample-files').then(({ trainingSample }) => trainingSample()),
};

type Described = Pick<JobTypeDto, 'type' | 'inputSchema'>;

const examplesOf = ({ inputSchema: { examples } }: Described): readonly unknown[] =>
  Array.isArray(examples) ? examples : [];

export const hasSample = (type: Described): boolean =>
  Object.hasOwn(OF_FILES, type.type) || examplesOf(type).length > 0;

/** Returns the sample of a type: the `examples` of its input schema, or the files of a built-in one. */
export async function loadSample(type: Described): Promise<Sample> {
  const files = Object.hasOwn(OF_FILES, type.type) ? OF_FILES[type.type] : undefined;
  return files ? files() : { items: examplesOf(type) };
}
