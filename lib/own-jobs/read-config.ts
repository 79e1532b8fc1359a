import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { compileJob } from './compile';
import { placeIn } from './examine';

/** What a yard says about itself in `batchyard.config.ts`. */
export interface YardConfig {
  /** its name, for messages */
  file: string;
  /** folders of job files, relative to the yard */
  jobs: string[];
  /** packages that bring job types */
  packages: string[];
}

/** The configuration of a yard can't be used; the message names the file, the line and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const FILES = ['batchyard.config.ts', 'batchyard.config.mts', 'batchyard.config.js', 'batchyard.config.mjs'];
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

const exported = z.strictObject(
  {
    jobs: z.array(z.string('jobs must be a list of folders, such as ["./jobs"]').min(1)).max(50).default(['./jobs']),
    packages: z.array(z.string().regex(NAME, 'packages must be a list of names of npm packages')).max(200).default([]),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'The default export is no configuration. Write: export default defineConfig({ jobs: ["./jobs"] })'
        : undefined,
  },
);

/**
 * Reads the configuration of a yard; without a file it has one folder, `jobs`.
 * @param yard absolute
 * @param places the product's folder, and where the compiled file goes
 * @throws ConfigError
 */
export async function readConfig(yard: string, { root, out }: { root: string; out: string }): Promise<YardConfig> {
  const [file, second] = FILES.filter((name) => existsSync(join(yard, name)));
  if (!file) return { file: 'batchyard.config.ts', jobs: ['./jobs'], packages: [] };
  if (second) throw new ConfigError(`${file} and ${second} both configure this yard. Delete one of them.`);
  const compiled = await compileJob(join(yard, file), { root, folder: yard, out });
  if ('error' in compiled) {
    const { line, message } = compiled.error;
    throw new ConfigError(`${compiled.error.file || file}${line ? `:${line}` : ''}  ${message}`);
  }
  const parsed = exported.safeParse(await load(compiled.module, yard, file));
  if (!parsed.success) {
    throw new ConfigError(
      `${file}  ${parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ')}`,
    );
  }
  return { file, ...parsed.data };
}

async function load(module: string, yard: string, file: string): Promise<unknown> {
  process.setSourceMapsEnabled(true);
  try {
    return ((await import(pathToFileURL(module).href)) as { default?: unknown }).default;
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const place = placeIn(stack, yard);
    throw new ConfigError(`${place ? `${place.file}:${place.line}` : file}  Loading the file failed: ${message}`);
  }
}
