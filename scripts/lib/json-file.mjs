import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf } from './failure.mjs';

/**
 * The content of a JSON file, or null when there is none or it was cut off. The caller says what it holds.
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
 * Writes a JSON file that only its owner may read; readers see the old content or the new, never half of it.
 * @param {string} path
 * @param {unknown} value
 */
export function writeJson(path, value) {
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}
