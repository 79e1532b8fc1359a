import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf } from './failure.mjs';

/**
 * The content of a JSON file, or null if it is missing or incomplete. The caller defines its type.
 * @param {string} path
 * @returns {unknown}
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Writes a JSON file that only its owner may read; readers get the old content or the new one, never a part.
 * @param {string} path
 * @param {unknown} value
 */
export function writeJson(path, value) {
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}
