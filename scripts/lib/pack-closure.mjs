import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const RELATIVE = /["'`](\.{1,2}\/[\w./-]+)["'`]/g;
const ALIAS = /["']@\/([\w./-]+)["']/g;

/**
 * The files that some files lead to: all that their relative texts name, whether they import, fork or read it.
 * @param {string} root
 * @param {readonly string[]} entries relative to the root
 * @param {readonly string[]} [endings] what an import may leave out
 * @returns {string[]} with the entries, relative to the root, sorted
 */
export function closureOf(root, entries, endings = ['']) {
  /** @type {Set<string>} */
  const found = new Set();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(join(root, file), 'utf8');
    const named = [
      ...[...text.matchAll(RELATIVE)].map(([, path = '']) => resolve(root, dirname(file ?? ''), path)),
      ...[...text.matchAll(ALIAS)].map(([, path = '']) => join(root, path)),
    ];
    for (const path of named) {
      const place = findFile(path, endings);
      const inner = place && relative(root, place);
      if (inner && !inner.startsWith('..')) waiting.push(inner);
    }
  }
  return [...found].sort();
}

/**
 * The file that a path means.
 * @param {string} path
 * @param {readonly string[]} endings what it may leave out, in the order of preference
 */
export const findFile = (path, endings) => endings.map((ending) => `${path}${ending}`).find(isFile);

/** @param {string} path */
const isFile = (path) => existsSync(path) && statSync(path).isFile();
