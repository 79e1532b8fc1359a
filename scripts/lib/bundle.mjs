import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './json-file.mjs';
import { ROOT } from './place.mjs';

/** Where compiled TypeScript goes; dist/workers/main.js stands where workers/main.ts stood. */
export const DIST = join(ROOT, 'dist');

const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** @param {string} name */
const isEntry = (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');

/** How the environment is read; `npm start` asks it before anything else runs. */
export const ENVIRONMENT = 'lib/config/env.ts';

/** The entry points. */
export function entries() {
  const programs = ['workers', 'scripts'].flatMap((folder) =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder))
          .filter(isEntry)
          .map((name) => `${folder}/${name}`)
      : [],
  );
  return [...programs, ENVIRONMENT];
}

/**
 * Compiles TypeScript files, each to one JavaScript file in dist. The packages in "dependencies" of package.json stay in
 * node_modules; those in "devDependencies" are compiled in, so that running what was built needs none of them.
 * @param {string[]} entryPoints
 */
export async function bundle(entryPoints) {
  const esbuild = await import('esbuild');
  const { dependencies } = /** @type {typeof import('../../package.json')} */ (readJson(join(ROOT, 'package.json')));
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
    // Packages that are compiled in may ask for parts of Node with require().
    banner: { js: REQUIRE },
    // TensorFlow says that its backend does nothing when it is loaded; it registers itself.
    ignoreAnnotations: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
  });
  await esbuild.stop();
}
