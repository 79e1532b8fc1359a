import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import type { ManifestEntry } from '@/lib/contracts/own-jobs';
import type { YardConfig } from './read-config';

/** A folder whose files define job types. */
export interface JobSource {
  /** absolute; it may be missing */
  folder: string;
  source: ManifestEntry['source'];
}

/** Where the job files of a machine are, and what can't be found. */
export interface JobSources {
  /** the folder that paths of job files are relative to, absolute */
  base: string;
  /** the folder of the yard, in which its jobs run, absolute */
  yard?: string;
  sources: JobSource[];
  missing: ManifestEntry[];
}

/** One folder and nothing else, as `JOBS_DIR` names it. */
export const oneFolder = (folder: string): JobSources => ({
  base: folder,
  sources: [{ folder, source: 'file' }],
  missing: [],
});

/**
 * The folders and packages that a yard names. A package says in its package.json which of its folders has the jobs:
 * `"batchyard": { "jobs": "./jobs" }`.
 * @param yard absolute
 */
export function sourcesOf(yard: string, { file, jobs, packages }: YardConfig): JobSources {
  const missing: ManifestEntry[] = [];
  const found = packages.flatMap((name): JobSource[] => {
    const folder = folderOfPackage(yard, name);
    if (typeof folder === 'string') return [{ folder, source: 'package' }];
    missing.push(absent(name, file, folder.problem));
    return [];
  });
  const folders = jobs.map((folder): JobSource => ({ folder: resolve(yard, folder), source: 'file' }));
  return { base: yard, yard, sources: [...folders, ...found], missing };
}

function folderOfPackage(yard: string, name: string): string | { problem: string } {
  const place = packageFolder(yard, name);
  if (!place) return { problem: `The package ${name} is not installed. Run: npm install ${name}` };
  const { batchyard } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
    batchyard?: { jobs?: unknown };
  };
  const jobs = batchyard?.jobs;
  if (typeof jobs !== 'string') {
    return { problem: `${name} brings no jobs: its package.json has no "batchyard": { "jobs": "./folder" }.` };
  }
  const folder = resolve(place, jobs);
  if (relative(place, folder).startsWith('..') || !existsSync(folder)) {
    return { problem: `${name} has no folder ${jobs}, which its package.json names for its jobs.` };
  }
  return folder;
}

/** Looks for a package as Node does, also for one whose `exports` hide its package.json. */
function packageFolder(yard: string, name: string): string | undefined {
  for (const folder of createRequire(join(yard, 'package.json')).resolve.paths(name) ?? []) {
    const place = join(folder, ...name.split('/'));
    if (existsSync(join(place, 'package.json'))) return inNodeModules(place);
  }
  return undefined;
}

/** Links of a workspace are followed, so that its own packages are found; others keep their short path. */
function inNodeModules(place: string): string {
  const real = realpathSync(place);
  return real.includes(`${sep}node_modules${sep}`) ? place : real;
}

const absent = (type: string, path: string, message: string): ManifestEntry => ({
  type,
  path: `${path}#${type}`,
  source: 'package',
  version: '',
  module: null,
  definition: null,
  error: { message, file: path },
});
