import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './place.mjs';

/** Where compiled TypeScript goes; dist/workers/main.js stands where workers/main.ts stood. */
export const DIST = join(ROOT, 'dist');

const isEntry = (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');

/** The files that are started by themselves. */
export function entries() {
  return ['workers', 'scripts'].flatMap((folder) =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder))
          .filter(isEntry)
          .map((name) => `${folder}/${name}`)
      : [],
  );
}

/** Compiles TypeScript files, each to one JavaScript file in dist; packages stay in node_modules. */
export async function bundle(entryPoints) {
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
  });
  await esbuild.stop();
}
