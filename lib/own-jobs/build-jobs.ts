import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Manifest, ManifestEntry } from '@/lib/contracts/own-jobs';
import { BUILT_IN_TYPES } from '@/lib/job-types/catalogue';
import { compileJob } from './compile';
import { examineJob } from './examine';
import { findJobFiles, type JobFile } from './find-files';
import { readManifest } from './manifest';
import type { JobSources } from './sources';

/** Names that have a meaning in queues, addresses or the file system of the product. */
const RESERVED = new Set<string>([...BUILT_IN_TYPES, 'quarantine', 'batchyard']);
/** Files that are compiled and examined at once. */
const PARALLEL = 4;
/** Compiled modules of earlier builds stay while workers may still load them. */
const KEEP_MS = 3600_000;

/** Where a build of jobs reads and writes. */
export interface BuildPlaces {
  /** the product's folder */
  root: string;
  /** where the job files are */
  from: JobSources;
  /** where the compiled modules and the manifest go */
  out: string;
  /** the program that examines a file */
  examiner: string;
  /** how long a file may take to load, in milliseconds; a minute by default */
  examineMs?: number;
}

/** A job file of one of the sources; `path` is relative to their base. */
type SourceFile = JobFile & Pick<ManifestEntry, 'source'>;

/**
 * Compiles and examines every job file of the sources, and writes the manifest that supervisors and consumers read. A
 * broken file becomes an entry with its error, and harms no other.
 */
export async function buildJobs(places: BuildPlaces): Promise<Manifest> {
  const { base, sources, missing } = places.from;
  const files = sources.flatMap(({ folder, source }): SourceFile[] => {
    const inner = relative(base, folder).split(sep).join('/');
    const found = existsSync(folder) ? findJobFiles(folder, RESERVED) : [];
    return found.map((file) => ({ ...file, source, path: inner ? `${inner}/${file.path}` : file.path }));
  });
  const before = earlierEntries(join(places.out, 'manifest.json'));
  const entries: ManifestEntry[] = [...missing];
  for (let i = 0; i < files.length; i += PARALLEL) {
    entries.push(
      ...(await Promise.all(files.slice(i, i + PARALLEL).map((file) => buildJob(file, files, before, places)))),
    );
  }
  const hash = createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 12);
  const manifest: Manifest = { folder: base, folders: sources.map(({ folder }) => folder), hash, entries };
  mkdirSync(places.out, { recursive: true });
  removeOld(places.out, new Set(entries.flatMap(({ module }) => (module ? [basename(module)] : []))));
  const path = join(places.out, 'manifest.json');
  writeFileSync(`${path}.part`, JSON.stringify(manifest, null, 2));
  renameSync(`${path}.part`, path);
  return manifest;
}

/** What an earlier build found: code that has not changed needs not be examined again. */
function earlierEntries(path: string): Map<string, ManifestEntry> {
  try {
    return new Map(readManifest(path).entries.map((entry) => [entry.path, entry]));
  } catch {
    // There is none yet, or another version wrote it: everything is examined.
    return new Map();
  }
}

async function buildJob(
  file: SourceFile,
  all: readonly SourceFile[],
  before: ReadonlyMap<string, ManifestEntry>,
  places: BuildPlaces,
): Promise<ManifestEntry> {
  const { type, path, source } = file;
  const { root, out } = places;
  const { base: folder, yard: cwd } = places.from;
  const base = { type, path, source, version: '', module: null, definition: null };
  const problem = file.problem ?? sharedName(file, all);
  if (problem) return { ...base, error: { message: problem, file: path } };
  const compiled = await compileJob(join(folder, path), { root, folder, out });
  if ('error' in compiled) return { ...base, error: { ...compiled.error, file: compiled.error.file || path } };
  const known = before.get(path);
  if (known?.definition && known.version === compiled.version && known.type === type) {
    return { ...base, ...compiled, definition: known.definition, error: null };
  }
  const job = { type, path, module: compiled.module, folder, cwd };
  const examined = await examineJob(places.examiner, job, places.examineMs);
  return 'error' in examined
    ? { ...base, ...compiled, error: examined.error }
    : { ...base, ...compiled, definition: examined.definition, error: null };
}

function sharedName({ type }: SourceFile, all: readonly SourceFile[]): string | undefined {
  const same = all.filter((file) => file.type === type);
  if (same.length === 1) return undefined;
  return `${same.map(({ path }) => path).join(' and ')} have the same name, so neither is offered. Rename or delete one.`;
}

function removeOld(out: string, kept: ReadonlySet<string>): void {
  for (const name of readdirSync(out)) {
    if (kept.has(name) || !name.endsWith('.mjs')) continue;
    const path = join(out, name);
    if (Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { force: true });
  }
}
