import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { runs } from './process-identity.mjs';

/**
 * The holder of a lock, as its file stores it.
 * @typedef {import('./process-identity.mjs').Identity & {
 *   npm?: import('./process-identity.mjs').Identity | null,
 *   stopping?: boolean,
 * }} Holder
 */

/**
 * Returns the holder of a lock file, or null.
 * @param {string} path
 */
export const holderOf = (path) => /** @type {Holder | null} */ (readJson(path));

/**
 * Tries once to take a lock file. A lock whose holder is gone is replaced.
 * @param {string} path
 * @param {Holder} mine
 * @returns {{ holder: Holder | null, stale: boolean }} `holder`: the process that keeps the lock from us, null when we
 *   have it now; `stale`: a holder that is gone was replaced
 */
export function takeLock(path, mine) {
  let stale = false;
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (;;) {
      // A link is created in one step, with its content: no process reads an empty lock.
      if (link(candidate, path)) return { holder: null, stale };
      const holder = holderOf(path);
      if (runs(holder)) return { holder, stale };
      stale = true;
      const winner = removeStale(path);
      if (winner) return { holder: winner, stale };
    }
  } finally {
    rmSync(candidate, { force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false where `to` exists
 */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two processes may find the same stale lock; the second one must not remove the first one's new lock.
 * @param {string} path
 * @returns {Holder | null} the holder of a new lock that was found instead
 */
function removeStale(path) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const holder = holderOf(aside);
  const isNew = runs(holder);
  if (isNew) link(aside, path);
  rmSync(aside);
  return isNew ? holder : null;
}
