import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readLockfile } from './lib/install.mjs';
import { ROOT } from './lib/place.mjs';
import { isForBuilding } from './lib/trim.mjs';

// `npm run size`: what the installed packages take on the disk, in MB as `du` counts them, the largest first. It fails
// above the limits; docs/architecture.md ("Weight") explains what can be done then. `--all` shows every package.

const LIMIT = { development: 800, production: 400 };
const SHOWN = process.argv.includes('--all') ? Number.POSITIVE_INFINITY : 25;
const packages = readLockfile()?.packages ?? {};

/** @typedef {{ name: string, development: number, production: number }} Row bytes on the disk, and those that production needs */

/** @type {Map<string, Row>} */
const rows = new Map();

/**
 * Adds up a folder.
 * @param {string} folder
 * @param {string} owner the package it belongs to
 * @param {string} path from the innermost node_modules on
 */
function weigh(folder, owner, path) {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const place = `${folder}/${entry.name}`;
    const inner = entry.name === 'node_modules' ? '' : `${path}${entry.name}${entry.isDirectory() ? '/' : ''}`;
    const name = place in packages ? place : owner;
    const bytes = lstatSync(join(ROOT, place)).blocks * 512;
    const { dev, devOptional } = packages[name] ?? {};
    const row = rows.get(name) ?? { name, development: 0, production: 0 };
    rows.set(name, row);
    row.development += bytes;
    if (!dev && !devOptional && !isForBuilding(inner)) row.production += bytes;
    if (entry.isDirectory()) weigh(place, name, inner);
  }
}

weigh('node_modules', 'node_modules', '');
const largest = [...rows.values()].sort((a, b) => b.development - a.development);
const total = { name: 'total', development: 0, production: 0 };
for (const { development, production } of largest) {
  total.development += development;
  total.production += production;
}
/** @param {number} bytes */
const shown = (bytes) => (bytes / 2 ** 20).toFixed(1).padStart(12);
console.log(`${'development'.padStart(12)}${'production'.padStart(12)}  MB`);
for (const { name, development, production } of [...largest.slice(0, SHOWN), total])
  console.log(`${shown(development)}${shown(production)}  ${name.replace(/^node_modules\//, '')}`);
for (const what of /** @type {const} */ (['development', 'production'])) {
  const limit = LIMIT[what];
  if (total[what] <= limit * 2 ** 20) continue;
  console.error(`The packages for ${what} are heavier than ${limit} MB.`);
  process.exitCode = 1;
}
