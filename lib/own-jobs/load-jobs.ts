import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { toIssues } from '@/lib/contracts/issues';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { checkInput } from '@/lib/job-types/check-input';
import type { JobTypeDefinition } from '@/lib/job-types/definition';
import { PermanentError } from '@/lib/job-types/failures';
import type { JobContext } from '@/lib/job-types/job-context';
import { type OwnType, schemaOf, setLoaded } from '@/lib/job-types/own-types';
import { readManifest } from './manifest';
import { type OwnJob, readDefinition } from './read-definition';

/** Where the start of the product puts the compiled jobs of this machine. */
export const jobsOut = (): string => join(env().DATA_DIR, 'jobs');

/** Reads the manifest of this machine's jobs; undefined without one. */
export function readJobs(): Manifest | undefined {
  const path = join(jobsOut(), 'manifest.json');
  return existsSync(path) ? readManifest(path) : undefined;
}

/** Makes the types of a manifest known to a process that runs no jobs: their code is not loaded. */
export function knowJobs(manifest: Manifest | undefined): void {
  setLoaded(
    (manifest?.entries ?? []).flatMap(({ type, definition, error }): JobTypeDefinition[] => {
      if (!definition || error) return [];
      const { inputSchema, outputSchema, icon: _icon, ...rest } = definition;
      return [
        {
          type,
          ...rest,
          input: schemaOf(inputSchema),
          output: schemaOf(outputSchema),
          schemas: { input: inputSchema, output: outputSchema },
        },
      ];
    }),
  );
}

/**
 * Loads the code of this machine's own jobs. A file that can't be loaded is logged and left out.
 * @param alone the process runs one row at a time
 * @returns the version of each loaded type
 */
export async function loadJobs({ alone = false } = {}): Promise<Record<string, string>> {
  const entries = readJobs()?.entries ?? [];
  const loaded = await Promise.all(
    entries.map(async ({ type, module, version, error }) => {
      if (error || !module) return [];
      try {
        const code = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
        const job = readDefinition(type, code, { alone });
        return [{ version, job: { ...job, run: checked(job) } }];
      } catch (err) {
        logger.error(
          { err, type },
          'An own job file could not be loaded by a consumer, which runs no jobs of this type. Others are not affected.',
        );
        return [];
      }
    }),
  );
  setLoaded(loaded.flat().map(({ job }) => job));
  return Object.fromEntries(loaded.flat().map(({ version, job }) => [job.type, version]));
}

/** The input was checked by its JSON Schema when it was launched. What only the code can check, is checked here. */
function checked({ type, run, output, many }: OwnJob): OwnJob['run'] {
  return async (context: JobContext<unknown>) => {
    const input = checkInput(type as OwnType, context.data);
    if (!input.success) throw new PermanentError(`The input does not fit: ${listed(input.error)}`, 'invalid-data');
    // Everything else, such as the signal, is read from the attempt when it is used.
    const given = Object.create(context, { data: { value: input.data, enumerable: true } }) as JobContext<unknown>;
    const result = output.safeParse((await run(given)) ?? null);
    if (!result.success) {
      const work = many ? 'runMany' : 'run';
      throw new PermanentError(
        `What ${work} returned does not fit the output: ${listed(result.error)}`,
        'invalid-result',
      );
    }
    return result.data;
  };
}

const listed = (error: Parameters<typeof toIssues>[0]): string =>
  toIssues(error)
    .slice(0, 5)
    .map(({ path, message }) => (path ? `${path} ${message}` : message))
    .join('; ');
