import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { readConfig } from '@/lib/own-jobs/read-config';
import { type JobSources, oneFolder, sourcesOf } from '@/lib/own-jobs/sources';

/** Where job files are: of a folder alone, or of a yard, as its configuration says. */
export interface JobsPlace {
  folder: string;
  isYard: boolean;
}

/** @param args `yard <folder>` or `<folder>` */
export function placeOf(args: string[]): JobsPlace {
  const isYard = args[0] === 'yard';
  return { isYard, folder: resolve(args[isYard ? 1 : 0] ?? '') };
}

/**
 * @param out where the configuration is compiled
 * @throws ConfigError
 */
export const sourcesAt = async ({ folder, isYard }: JobsPlace, root: string, out: string): Promise<JobSources> =>
  isYard ? sourcesOf(folder, await readConfig(folder, { root, out })) : oneFolder(folder);

/**
 * Compiles and examines job files, and keeps nothing.
 * @param program the one that examines a file
 * @throws ConfigError
 */
export async function examineJobs(place: JobsPlace, root: string, program: string): Promise<Manifest> {
  const out = mkdtempSync(join(tmpdir(), 'batchyard-jobs-'));
  try {
    return await buildJobs({ root, from: await sourcesAt(place, root, out), out, examiner: program });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
