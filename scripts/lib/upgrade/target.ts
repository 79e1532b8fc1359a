import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '@/scripts/lib/usage-error';
import { compareVersions, isVersion } from './version';

const TAG = /^[a-z][a-z0-9._-]*$/i;
const isFile = (spec: string): boolean => spec.startsWith('file:') || /^\.{0,2}[/\\]|\.t(ar\.)?gz$/.test(spec);

/** Another version: what npm is asked for, `batchyard@…`, or the whole path of a tarball. */
export type Target = { spec: string; tarball?: undefined } | { tarball: string };

/**
 * @param asked the argument; without it the newest version of the registry
 * @param dependency how the yard's package.json names the installed one
 * @param cwd what the path of a tarball is relative to
 * @throws UsageError
 */
export function targetOf(asked: string | undefined, dependency: string, cwd: string): Target {
  if (asked === undefined) {
    if (!/^[\d^~>=<*]|^latest$/.test(dependency)) {
      if (TAG.test(dependency)) return { spec: `batchyard@${dependency}` };
      throw new UsageError(
        `This yard has Batchyard from ${dependency}, of which npm knows no newer version. Name one: batchyard upgrade 1.2.3, or the path of a tarball.`,
      );
    }
    return { spec: 'batchyard@latest' };
  }
  if (isFile(asked)) {
    const path = resolve(cwd, asked.replace(/^file:/, ''));
    if (!existsSync(path) || !statSync(path).isFile()) throw new UsageError(`There is no tarball ${path}.`);
    return { tarball: path };
  }
  if (!isVersion(asked) && !TAG.test(asked)) {
    throw new UsageError(`“${asked}” is no version, such as 1.2.3, no tag, such as latest, and no path of a tarball.`);
  }
  return { spec: `batchyard@${asked}` };
}

/** What is known of a package before it is installed. */
export interface Found {
  name: string;
  version: string;
  integrity?: string;
}

/**
 * Whether there is anything to do.
 * @param installed its version, and its integrity if the lock file has it
 * @throws UsageError for another package, and for an older version that was not asked for as such
 */
export function decide(
  found: Found,
  installed: { version: string; integrity?: string | undefined },
  { downgrade = false } = {},
): 'same' | 'other' {
  if (found.name !== 'batchyard') throw new UsageError(`That is the package ${found.name}, and not batchyard.`);
  const order = compareVersions(found.version, installed.version);
  if (order < 0 && !downgrade) {
    throw new UsageError(
      `${found.version} is older than the installed ${installed.version}. Migrations only go forward, so its database may not serve an older version: to go back, restore the backup that was made before the upgrade (docs/deploy.md). --downgrade changes to ${found.version} all the same.`,
    );
  }
  if (order !== 0) return 'other';
  // A tarball may have other content under the same number.
  return found.integrity && installed.integrity && found.integrity !== installed.integrity ? 'other' : 'same';
}
