import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A file that shall define a job type. */
export interface JobFile {
  /** `crm/sync` for `crm/sync.ts` */
  type: string;
  /** relative to the folder, with `/` */
  path: string;
  /** why its name can't be a type's */
  problem?: string;
}

const CODE = /\.(ts|mts|tsx|js|mjs|jsx)$/;
const NOT_A_JOB = /\.(test|spec)\.\w+$|\.d\.m?ts$/;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)*$/;
const MAX_NAME = 100;
/** Folders in folders are followed this deep. */
const MAX_DEPTH = 5;

/**
 * Finds the job files of a folder, in the order of their names. What begins with `_` or `.`, tests, and `node_modules`
 * are no job files: that is where shared code goes.
 * @param folder absolute; a missing one has no files
 * @param reserved names that files may not take
 */
export function findJobFiles(folder: string, reserved: ReadonlySet<string>): JobFile[] {
  return pathsOf(folder, '', 1).map((path) => {
    const type = path.replace(CODE, '');
    const problem = problemOf(type, reserved);
    return { type, path, ...(problem === undefined ? {} : { problem }) };
  });
}

function pathsOf(folder: string, prefix: string, depth: number): string[] {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('_') && !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return depth < MAX_DEPTH ? pathsOf(folder, path, depth + 1) : [];
    return CODE.test(entry.name) && !NOT_A_JOB.test(entry.name) ? [path] : [];
  });
}

function problemOf(type: string, reserved: ReadonlySet<string>): string | undefined {
  if (type.length > MAX_NAME) return `The name is longer than ${MAX_NAME} characters. Give the file a shorter one.`;
  if (!NAME.test(type)) {
    return `“${type}” can't be the name of a type: use lower-case letters, digits and single hyphens, such as word-count.ts. Code that several jobs share goes into a file whose name begins with _.`;
  }
  if (reserved.has(type)) return `“${type}” is the name of a built-in type. Give the file another name.`;
  return undefined;
}
