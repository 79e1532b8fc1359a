import { accessSync, constants, existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@/scripts/lib/json-file.mjs';
import { holderOf } from '@/scripts/lib/lock-file.mjs';
import { runs } from '@/scripts/lib/process-identity.mjs';
import { readRun } from '@/scripts/lib/run-file.mjs';
import { UsageError } from '@/scripts/lib/usage-error';

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** What npm changes beside node_modules. */
const FILES = ['package.json', 'package-lock.json'];
/** Lock files of other package managers, whose node_modules npm would destroy. */
const FOREIGN = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

export interface Installed {
  version: string;
  /** of its tarball; unknown where npm wrote no lock file */
  integrity?: string | undefined;
}

/** The Batchyard that is installed in a yard, or undefined. */
export function installedIn(yard: string): Installed | undefined {
  const version = (readJson(join(yard, 'node_modules', 'batchyard', 'package.json')) as Manifest | null)?.version;
  if (version === undefined) return undefined;
  const lock = readJson(join(yard, 'node_modules', '.package-lock.json')) as {
    packages?: Record<string, { integrity?: string }>;
  } | null;
  return { version, integrity: lock?.packages?.['node_modules/batchyard']?.integrity };
}

/** How a yard names its Batchyard, and which is installed. @throws UsageError where there is none */
export function readYard(yard: string): { dependency: string; installed: Installed } {
  const manifest = readJson(join(yard, 'package.json')) as Manifest | null;
  const dependency = manifest?.dependencies?.batchyard ?? manifest?.devDependencies?.batchyard;
  if (dependency === undefined) {
    throw new UsageError(`${yard} is no yard: it has no package.json that depends on batchyard. Run it in a yard.`);
  }
  const installed = installedIn(yard);
  if (!installed) throw new UsageError(`Batchyard is not installed in ${yard}. Run npm install there first.`);
  return { dependency, installed };
}

/** @throws UsageError that says why this yard can't be changed now */
export function refuseChange(yard: string, dataDir: string): void {
  const holder = holderOf(join(dataDir, 'start.lock'));
  if (holder && runs(holder)) {
    const url = readRun(dataDir)?.url;
    throw new UsageError(
      `Batchyard runs here (process ${holder.pid}${url ? `, ${url}` : ''}). Stop it first: Ctrl-C there, or kill ${holder.pid}. batchyard upgrade --check may be called while it runs.`,
    );
  }
  const foreign = FOREIGN.find((name) => existsSync(join(yard, name)));
  const isLink = lstatSync(join(yard, 'node_modules', 'batchyard')).isSymbolicLink();
  if (foreign || isLink) {
    throw new UsageError(
      `Batchyard was not installed here by npm (${foreign ?? 'node_modules/batchyard is a link'}). Check with batchyard upgrade --check, then change it as it was installed.`,
    );
  }
  for (const path of [...FILES, '.', 'node_modules'].map((name) => join(yard, name)).filter(existsSync)) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(`${path} can’t be written by this user (${code}). Upgrade as its owner.`);
    }
  }
}

/** Remembers package.json and its lock file. @returns a function that writes them again as they were */
export function keepFiles(yard: string): () => void {
  const before = FILES.map((name) => join(yard, name)).map((path) => ({
    path,
    content: existsSync(path) ? readFileSync(path) : undefined,
  }));
  return () => {
    for (const { path, content } of before) {
      if (content === undefined) rmSync(path, { force: true });
      else if (!existsSync(path) || !readFileSync(path).equals(content)) writeFileSync(path, content);
    }
  };
}
