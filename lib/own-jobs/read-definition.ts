import { z } from 'zod';
import { deadLetterQueueSchema } from '@/lib/contracts/batch-options';
import type { AnnouncedDefinition } from '@/lib/contracts/own-jobs';
import { DEFAULTS, type JobTypeDefinition } from '@/lib/job-types/definition';
import type { JobContext } from '@/lib/job-types/job-context';
import { schemaOf } from '@/lib/job-types/own-types';
import { gatherItems, type ManyWork } from './gather-items';

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
/** Of one call of `runMany`. */
const MAX_ITEMS = 1000;
const MAX_WAIT_MS = { default: 20, max: 10_000 };

/** By structure and not by class: a job may bring another copy of zod. */
const schema = (what: string) =>
  z.custom<z.ZodType>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    `${what} must be a zod schema, such as z.object({ text: z.string() })`,
  );

const ITEMS = `maxItems must be a whole number from 1 to ${MAX_ITEMS}: the items of one call of runMany`;
const WAIT = `maxWaitMs must be milliseconds from 0 to ${MAX_WAIT_MS.max}: how long an item waits for others`;

const work = <Work>(name: string) =>
  z.custom<Work>((value) => typeof value === 'function', `${name} must be a function`).optional();

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
    run: work<OwnJob['run']>('run'),
    runMany: work<ManyWork['runMany']>('runMany'),
    maxItems: z.int(ITEMS).min(1, ITEMS).max(MAX_ITEMS, ITEMS).optional(),
    maxWaitMs: z.int(WAIT).min(0, WAIT).max(MAX_WAIT_MS.max, WAIT).optional(),
  },
  'The default export is no definition. Write: export default defineJob({ input, run })',
);

/** Rows that one process runs at once, if the definition does not say. */
const CONSUMER_CONCURRENCY = 10;

/**
 * Makes a definition of what a job file exports.
 * @param alone the process runs one row at a time, so none waits for others
 * @throws DefinitionError naming every wrong part
 */
export function readDefinition(type: string, module: Record<string, unknown>, { alone = false } = {}): OwnJob {
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
  const { title, description = '', icon = null, input, output = z.unknown(), ...given } = parsed.data;
  const defaults = { ...DEFAULTS, ...withoutUndefined(given.defaults ?? {}) };
  const many = manyOf(given, defaults.timeoutMs);
  const run = many ? gatherItems(alone ? { ...many, maxItems: 1 } : many) : given.run;
  if (!run) throw new DefinitionError('run must be a function (or runMany, for the work of many items in one call)');
  return {
    type,
    title: title ?? inWords(type),
    description,
    icon,
    input,
    output,
    defaults,
    consumerConcurrency: given.consumerConcurrency ?? Math.max(CONSUMER_CONCURRENCY, many?.maxItems ?? 0),
    ...(given.searchable ? { searchable: given.searchable } : {}),
    ...(many ? { many: { maxItems: many.maxItems } } : {}),
    run,
  };
}

/** Returns the work of many items, if a file defines that. @throws DefinitionError */
function manyOf(
  { run, runMany, maxItems, maxWaitMs, consumerConcurrency }: Omit<z.infer<typeof exported>, 'input'>,
  timeoutMs: number,
): ManyWork | undefined {
  if (!runMany) {
    const without = maxItems === undefined ? maxWaitMs !== undefined && 'maxWaitMs' : 'maxItems';
    if (without)
      throw new DefinitionError(`${without} goes with runMany. Delete it, or write runMany in place of run.`);
    return undefined;
  }
  if (run) throw new DefinitionError('A definition has either run or runMany. Delete one of them.');
  if (maxItems === undefined) throw new DefinitionError(`maxItems is missing. ${ITEMS}`);
  if (consumerConcurrency !== undefined && consumerConcurrency < maxItems) {
    throw new DefinitionError(
      `consumerConcurrency is ${consumerConcurrency}, so no call could have more items than that, but maxItems is ${maxItems}. Make consumerConcurrency ${maxItems} or more, or leave it out.`,
    );
  }
  const waitMs = maxWaitMs ?? MAX_WAIT_MS.default;
  if (waitMs >= timeoutMs) {
    throw new DefinitionError(
      `maxWaitMs is ${waitMs}, and an item that waits so long is stopped after timeoutMs, which is ${timeoutMs}. Make timeoutMs longer.`,
    );
  }
  return { runMany, maxItems, maxWaitMs: waitMs };
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
    ...(job.many ? { many: job.many } : {}),
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
