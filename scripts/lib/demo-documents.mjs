import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SMALLEST = 400;
const LARGEST = 200_000;
/** of one package, so that a search has more to choose from */
const PER_PACKAGE = 15;
// Changelogs do not describe what a package is for.
const DULL = /(^|\/)(changelog|changes|history|license|licence|copying|authors|contributors|thirdparty)[^/]*$/i;

/**
 * Markdown documents under a folder of installed packages, each content once, always in the same order.
 * @param {string} folder
 * @param {number} limit
 */
export function findDocuments(folder, limit) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !DULL.test(path))
    .sort();
  const seen = new Set();
  const taken = new Map();
  const documents = [];
  for (const path of paths) {
    if (documents.length === limit) break;
    const content = readFileSync(path);
    const owner = packageOf(relative(folder, path));
    const before = taken.get(owner) ?? 0;
    if (before === PER_PACKAGE || content.length < SMALLEST || content.length > LARGEST) continue;
    const hash = createHash('sha256').update(content).digest('hex');
    if (seen.has(hash)) continue;
    seen.add(hash);
    taken.set(owner, before + 1);
    documents.push({ title: relative(folder, path).slice(-300), content });
  }
  return documents;
}

/**
 * `@scope/name/docs/a.md` belongs to `@scope/name`.
 * @param {string} path
 */
const packageOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
