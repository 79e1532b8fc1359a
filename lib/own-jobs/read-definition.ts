import { z } from 'zod';
import { deadLetterQueueSchema } from '@/lib/contracts/batch-options';
import type { AnnouncedDefinition } from '@/lib/contracts/own-jobs';
import { DEFAULTS, type JobTypeDefinition } from '@/lib/job-types/definition';
import type { JobContext } from '@/lib/job-types/job-context';
import { schemaOf } from '@/lib/job-types/own-types';

/** A job file's default export can't be used; the message says what to do. */
export class DefinitionError extends Error {
  override name = 'DefinitionError';
}

/** The definition of a job file, with its work. */
export interface OwnJob extends JobTypeDefinition {
  icon: string | null;
  run(job: JobContext<unknown>): Promise<unknown>;
}

const MS = { min: 1, max: 7 * 24 * 3600 * 1000 };

/** By structure and not by class: a job may bring another copy of zod. */
const schema = (what: string) =>
  z.custom<z.ZodType>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    `${what} must be a zod schema, such as z.object({ text: z.string() })`,
  );

const exported = z.object(
  {
    title: z.string('title must be a text').min(1).max(100).optional(),
    description: z.string('description must be a text').max(2000).optional(),
    icon: z
      .string('icon must be the name of an icon, such as globe')
      .regex(/^[a-z0-9-]{1,40}$/, 'icon must be the name of an icon, such as globe')
      .optional(),
    input: schema('input'),
    output: schema('output').optional(),
    defaults: z
      .strictObject({
        maxAttempts: z.int().min(1).max(100),
        backoff: z.strictObject({ type: z.enum(['fixed', 'exponential']), delay: z.int().min(0).max(MS.max) }),
        timeoutMs: z.int().min(MS.min).max(MS.max),
        concurrency: z.int().min(0).max(10_000),
        ratePerMinute: z.number().min(0).max(10_000_000),
        deadLetterQueue: deadLetterQueueSchema,
      })
      .partial()
      .optional(),
    consumerConcurrency: z.int().min(1).max(1000).optional(),
    searchable: z.array(z.string().min(1).max(200)).max(5).optional(),
    run: z.custom<OwnJob['run']>((value) => typeof value === 'function', 'run must be a function'),
  },
  'The default export is no definition. Write: export default defineJob({ input, run })',
);

/** Rows that one process runs at once, if the definition does not say. */
const CONSUMER_CONCURRENCY = 10;

/**
 * Makes a definition of what a job file exports.
 * @throws DefinitionError naming every wrong part
 */
export function readDefinition(type: string, module: Record<string, unknown>): OwnJob {
  if (module.default === undefined) {
    throw new DefinitionError(
      'The file has no default export. Write: export default defineJob({ input, run }). A file that only others import gets a name that begins with _.',
    );
  }
  const parsed = exported.safeParse(module.default);
  if (!parsed.success) {
    throw new DefinitionError(
      parsed.error.issues
        .map(({ path, message }) =>
          path.length > 0 && !message.startsWith(String(path[0])) ? `${path.join('.')}: ${message}` : message,
        )
        .join('; '),
    );
  }
  const { title, description = '', icon = null, input, output = z.unknown(), defaults, run, ...given } = parsed.data;
  return {
    type,
    title: title ?? inWords(type),
    description,
    icon,
    input,
    output,
    defaults: { ...DEFAULTS, ...withoutUndefined(defaults ?? {}) },
    consumerConcurrency: given.consumerConcurrency ?? CONSUMER_CONCURRENCY,
    ...(given.searchable ? { searchable: given.searchable } : {}),
    run,
  };
}

/** What other processes need to know of a definition, without its code. @throws DefinitionError if a schema can't be described */
export function announcementOf(job: OwnJob): AnnouncedDefinition {
  return {
    title: job.title,
    description: job.description,
    icon: job.icon,
    inputSchema: described('input', job.input),
    outputSchema: described('output', job.output),
    defaults: job.defaults,
    consumerConcurrency: job.consumerConcurrency,
    searchable: [...(job.searchable ?? [])],
  };
}

function described(part: string, given: z.ZodType): Record<string, unknown> {
  try {
    const described = z.toJSONSchema(given, { io: 'input', unrepresentable: 'throw' });
    // It is read again elsewhere, so what can't be read is refused here.
    schemaOf(described);
    return described;
  } catch (error) {
    throw new DefinitionError(
      `${part} can't be described as JSON Schema: ${(error as Error).message}. Use plain schemas for the fields, and check the rest in run.`,
    );
  }
}

/** `crm/word-count` becomes `Crm: word count`. */
function inWords(type: string): string {
  const words = type.replaceAll('-', ' ').replaceAll('/', ': ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const withoutUndefined = <T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
