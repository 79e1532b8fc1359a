import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from './lib/build.mjs';
import { report } from './lib/failure.mjs';
import { install } from './lib/install.mjs';
import { readJson } from './lib/json-file.mjs';
import { stageProduct, writeJsonFile } from './lib/pack-product.mjs';
import { ROOT } from './lib/place.mjs';
import { step } from './lib/step.mjs';
import { runTask } from './lib/task.mjs';

// `npm run pack`: builds what changed since the last build, and makes the tarballs of `batchyard` and `create-batchyard`
// in dist/packages, or in the folder that is named. Nothing is published.

const OUT = process.argv[2] ? resolve(process.argv[2]) : join(ROOT, 'dist', 'packages');
/** What a new yard has, in the versions that the product was built with. */
const YARD = { dependencies: ['zod'], devDependencies: ['@types/node', 'tsx'] };

/** @typedef {Record<string, string>} Versions */

/**
 * @param {string} out
 * @param {{ version: string, dependencies: Versions, devDependencies: Versions }} product
 */
function stageCreate(out, product) {
  const source = join(ROOT, 'create-batchyard');
  cpSync(source, out, { recursive: true });
  const all = { ...product.dependencies, ...product.devDependencies };
  /** @param {string[]} names */
  const versions = (names) => Object.fromEntries(names.map((name) => [name, `^${all[name]}`]));
  writeJsonFile(join(out, 'package.json'), {
    .../** @type {object} */ (readJson(join(source, 'package.json'))),
    version: product.version,
    batchyard: {
      dependencies: { batchyard: `^${product.version}`, ...versions(YARD.dependencies) },
      devDependencies: versions(YARD.devDependencies),
    },
  });
}

/**
 * Writes a tarball as npm does, in half of its time: all files are in a folder `package`.
 * @param {string} folder has that folder
 * @returns {Promise<string>} the tarball
 */
async function tarball(folder) {
  const { name, version } = /** @type {{ name: string, version: string }} */ (
    readJson(join(folder, 'package', 'package.json'))
  );
  const file = join(OUT, `${name}-${version}.tgz`);
  await runTask('tar', ['-czf', file, '-C', folder, 'package'], { name: 'tar' });
  return file;
}

async function pack() {
  process.env.NODE_ENV = 'production';
  await install();
  await build();
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const place = mkdtempSync(join(tmpdir(), 'batchyard-pack-'));
  try {
    const product = join(place, 'batchyard');
    const create = join(place, 'create-batchyard');
    await step('Collecting the files of the package', () => stageProduct(join(product, 'package')));
    stageCreate(
      join(create, 'package'),
      /** @type {Parameters<typeof stageCreate>[1]} */ (readJson(join(ROOT, 'package.json'))),
    );
    const made = await step('Making the tarballs', () => Promise.all([tarball(product), tarball(create)]));
    console.log(made.join('\n'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

await pack().catch((error) => {
  report(error);
  process.exitCode = 1;
});
