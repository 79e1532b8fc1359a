import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message, Plugin } from 'esbuild';
import type { OwnTypeError } from '@/lib/contracts/job-type';

/** The compiled code of a job file, or why it could not be compiled. */
export type Compiled = { module: string; version: string } | { error: OwnTypeError };

/** The file behind the name `batchyard` in job files: of a clone the source, of the package what other code imports too. */
const PUBLIC_MODULES = ['lib/own-jobs/public.ts', 'public/index.js'];

const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/**
 * Compiles a job file with the files that it imports into one module. Packages stay where they are: those of the folder
 * of jobs, and `zod` of the product, so that the schemas of all jobs are of one kind.
 * @param file absolute
 * @param places the product's folder, the folder of jobs, and the folder for the compiled module
 */
export async function compileJob(
  file: string,
  places: { root: string; folder: string; out: string },
): Promise<Compiled> {
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      absWorkingDir: places.folder,
      entryPoints: [file],
      outfile: join(places.out, 'job.mjs'),
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      sourcemap: 'inline',
      sourcesContent: false,
      banner: { js: REQUIRE },
      plugins: [packages(places.root)],
      logLevel: 'silent',
    });
    const [output] = outputFiles;
    if (!output) throw new Error('The compiler returned no file.');
    const version = versionOf(output.text, places);
    const module = join(places.out, `${version}.mjs`);
    mkdirSync(places.out, { recursive: true });
    writeFileSync(`${module}.${process.pid}.part`, output.contents);
    renameSync(`${module}.${process.pid}.part`, module);
    return { module, version };
  } catch (error) {
    return { error: errorOf(error, places.folder) };
  }
}

/** The same code has the same version on every machine, wherever it is installed. */
function versionOf(code: string, { root, folder }: { root: string; folder: string }): string {
  const own = code
    .replace(/\n\/\/# sourceMappingURL=.*/, '')
    .replaceAll(pathToFileURL(folder).href, 'jobs:')
    .replaceAll(pathToFileURL(root).href, 'product:')
    .replace(/^\/\/ .*$/gm, '');
  return createHash('sha256').update(own).digest('hex').slice(0, 12);
}

/** Resolves `batchyard` and `zod` to the product's, and every other package to its absolute place. */
const packages = (root: string): Plugin => ({
  name: 'packages',
  setup(build) {
    const require = createRequire(join(root, 'package.json'));
    const [own = ''] = PUBLIC_MODULES.map((file) => join(root, file)).filter(existsSync);
    build.onResolve({ filter: /^batchyard$/ }, () => ({ path: own }));
    build.onResolve({ filter: /^@\/lib\// }, ({ path, importer }) =>
      importer.startsWith(join(root, 'lib')) ? { path: join(root, `${path.slice(2)}.ts`) } : undefined,
    );
    build.onResolve({ filter: /^zod($|\/)/ }, ({ path }) => ({
      path: pathToFileURL(require.resolve(path)).href,
      external: true,
    }));
    build.onResolve({ filter: /^[^./]/ }, async ({ path, resolveDir, kind, pluginData, importer }) => {
      if (pluginData === 'seen' || kind === 'entry-point' || importer === '') return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: 'seen' });
      if (found.errors.length > 0 || found.external) return found.errors.length > 0 ? { errors: found.errors } : found;
      // Code of the folder itself, reached through an alias of its tsconfig, is compiled in.
      if (!found.path.includes('node_modules')) return found;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
});

function errorOf(thrown: unknown, folder: string): OwnTypeError {
  const [first] = (thrown as { errors?: Message[] }).errors ?? [];
  if (!first) return { message: thrown instanceof Error ? thrown.message : String(thrown), file: '' };
  const { location, text } = first;
  if (!location) return { message: text, file: '' };
  return { message: text, file: relative(folder, join(folder, location.file)), line: location.line };
}
