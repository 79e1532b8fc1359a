#!/usr/bin/env node
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// `npm create batchyard my-yard`: writes a folder in which `npm start` runs Batchyard with own job types.

const HERE = dirname(fileURLToPath(import.meta.url));
const USAGE = `Usage: npm create batchyard <folder>
Writes a new yard: a folder with your own job types, in which npm start runs Batchyard.`;
/** What may be in the folder already: it says nothing about what the folder is for. */
const HARMLESS = new Set(['.git', '.DS_Store']);

/** A problem that the user can solve: printed without a stack trace. */
class CreateError extends Error {}

/** @param {string} folder absolute */
function refuseUsedFolder(folder) {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new CreateError(`${folder} is a file. Choose another name.`);
  const there = readdirSync(folder).filter((name) => !HARMLESS.has(name));
  if (there.length === 0) return;
  const some = there.slice(0, 3).join(', ');
  throw new CreateError(
    `${folder} is not empty (${some}${there.length > 3 ? ', …' : ''}). Nothing was written. Choose a new folder, or empty it.`,
  );
}

/**
 * A name that npm accepts for a package.
 * @param {string} folder
 */
const packageName = (folder) =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'my-yard';

/**
 * Writes the yard.
 * @param {string} folder absolute
 */
function write(folder) {
  const { batchyard } =
    /** @type {{ batchyard: { dependencies: Record<string, string>, devDependencies: Record<string, string> } }} */ (
      JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'))
    );
  mkdirSync(folder, { recursive: true });
  cpSync(join(HERE, 'template'), folder, { recursive: true });
  // npm leaves a file of this name out of packages.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  const manifest = {
    name: packageName(folder),
    private: true,
    type: 'module',
    scripts: {
      start: 'batchyard start',
      dev: 'batchyard dev',
      check: 'batchyard jobs check',
      test: 'node --import tsx --test jobs/*.test.ts',
    },
    // A folder or tarball instead of the published package, for tests of the package itself.
    dependencies: {
      ...batchyard.dependencies,
      ...(process.env.BATCHYARD_PACKAGE ? { batchyard: process.env.BATCHYARD_PACKAGE } : {}),
    },
    devDependencies: batchyard.devDependencies,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function askForName() {
  if (!process.stdin.isTTY) throw new CreateError(USAGE);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const name = (await lines.question('Name of the folder (my-yard): ')).trim();
  lines.close();
  return name || 'my-yard';
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length > 1) throw new CreateError(USAGE);
  const folder = resolve(positionals[0] ?? (await askForName()));
  refuseUsedFolder(folder);
  write(folder);
  console.log(`A new yard is in ${folder}. Next:

  cd ${relative(process.cwd(), folder) || '.'}
  npm install
  npm start        the dashboard, with the job types of the folder jobs
  npm run dev      the same; a saved job file is live at once
  npm test         the tests of the job files
`);
}

try {
  await main();
} catch (error) {
  const isUsage = error instanceof CreateError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? error.message : error);
  process.exitCode = 1;
}
