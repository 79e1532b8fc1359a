import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { EXTERNAL } from './bundle.mjs';
import { StartError } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { closureOf } from './pack-closure.mjs';
import { writeTypes } from './pack-types.mjs';
import { ROOT } from './place.mjs';
import { isUnused } from './trim.mjs';

/** @typedef {{ version: string, description: string, license: string, engines: Record<string, string>, dependencies: Record<string, string>, devDependencies: Record<string, string> }} ProductManifest */

/** The programs of the product, compiled. */
const PROGRAMS = [
  ...['main', 'consumer', 'expression-thread', 'extract-thread', 'train-thread', 'models/index'].map(
    (name) => `dist/workers/${name}.js`,
  ),
  ...['setup', 'web', 'jobs', 'examine-job', 'admin', 'cli', 'doctor', 'upgrade'].map(
    (name) => `dist/scripts/${name}.js`,
  ),
  'dist/lib/config/env.js',
];
const LAUNCHER = ['scripts/batchyard.mjs', 'scripts/lib/orphan-guard.mjs'];
/** What programs read beside code. */
const FILES = [
  'prisma/migrations',
  'lib/domain/auth/breached-passwords.bin',
  'next.config.js',
  'LICENSE',
  'CHANGELOG.md',
];

/** What other code imports of the package, with its source. */
const PUBLIC = {
  '.': { file: 'index', source: 'lib/own-jobs/public.ts' },
  './client': { file: 'client', source: 'lib/api-client/client.ts' },
  './testing': { file: 'testing', source: 'lib/testing/try-definition.ts' },
  './worker': { file: 'worker', source: 'workers/models/index.ts' },
};

/** Smaller chunks stay as they are, in characters. */
const SHARED_FROM = 4096;
/** Parts of the build that only building needs. */
const NOT_SERVED =
  /^(build|cache|types|dev|diagnostics|trace|turbopack|node_modules)(\/|$)|\.(map|nft\.json)$|(^|\/)trace-build$/;
/**
 * Packages that are in this one, without what the product never loads: as ordinary dependencies they would bring a compiler
 * (120 MB), image libraries (70 MB), and code for other databases (60 MB). `needs`: their dependencies that are used,
 * which become the package's own, because npm installs none of a bundled package.
 * @type {Record<string, { needs: string[], unused?: RegExp }>}
 */
const BUNDLED = {
  // `esm` is for bundlers, which have run.
  next: { needs: ['@next/env', '@swc/helpers', 'styled-jsx'], unused: /^next\/dist\/esm\// },
  '@prisma/client': { needs: ['@prisma/client-runtime-utils'] },
  'pdfjs-dist': { needs: [] },
};

/**
 * Writes the folder of the package `batchyard`: everything built, nothing to compile.
 * @param {string} out an empty folder
 */
export async function stageProduct(out) {
  const product = /** @type {ProductManifest} */ (readJson(join(ROOT, 'package.json')));
  for (const file of closureOf(ROOT, PROGRAMS)) if (file.startsWith('dist/')) copy(file, out);
  for (const file of closureOf(ROOT, LAUNCHER)) if (/^scripts\/.*\.mjs$/.test(file)) copy(file, out);
  for (const path of FILES) copy(path, out);
  copyDashboard(out);
  for (const name of Object.keys(BUNDLED)) copyPackage(name, out);
  await writePublic(out);
  writeJsonFile(join(out, 'packed.json'), { version: product.version });
  writeJsonFile(join(out, 'package.json'), manifestOf(product));
  writeFileSync(join(out, 'README.md'), README);
}

/**
 * @param {string} path of a file or folder, relative to the product
 * @param {string} out
 * @param {(path: string) => boolean} [keep] called with paths below the folder
 */
function copy(path, out, keep = () => true) {
  const from = join(ROOT, path);
  cpSync(from, join(out, path), {
    recursive: true,
    filter: (source) => source === from || keep(relative(from, source).split(sep).join('/')),
  });
}

/**
 * Copies the built dashboard. It loads packages under names with a hash, which are links in the clone; npm packages hold
 * no links, so the packages are called by their own names.
 * @param {string} out
 */
function copyDashboard(out) {
  copy('.next', out, (path) => !NOT_SERVED.test(path));
  const names = linkedPackages(join(ROOT, '.next', 'node_modules'));
  const known = new Set(runtimePackages());
  for (const name of names.values()) {
    if (!known.has(name)) throw new StartError(`The dashboard loads ${name}, which the package would not install.`);
  }
  shareChunks(join(out, '.next', 'server', 'chunks'));
  if (names.size === 0) return;
  const pattern = new RegExp([...names.keys()].map((name) => name.replace(/[/.]/g, '\\$&')).join('|'), 'g');
  for (const file of filesOf(join(out, '.next', 'server'))) {
    if (!/\.[cm]?js$/.test(file)) continue;
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(pattern, (name) => names.get(name) ?? name);
    if (changed !== text) writeFileSync(file, changed);
  }
}

/**
 * Pages and routes have copies of the same code, 125 MB in all. A chunk is a list of modules, so a copy may be read from
 * another one.
 * @param {string} folder
 */
function shareChunks(folder) {
  /** @type {Map<string, string>} */
  const first = new Map();
  for (const file of filesOf(folder).sort()) {
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(file, 'utf8');
    if (text.length < SHARED_FROM || !text.startsWith('module.exports=[')) continue;
    const same = first.get(text);
    if (same === undefined) first.set(text, file);
    else {
      const path = relative(dirname(file), same).split(sep).join('/');
      writeFileSync(file, `module.exports=require(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)})`);
    }
  }
}

/**
 * The links of a folder of packages, and the packages that they name.
 * @param {string} folder
 * @param {string} [scope]
 * @returns {Map<string, string>}
 */
function linkedPackages(folder, scope = '') {
  /** @type {Map<string, string>} */
  const found = new Map();
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) {
      const [, name = ''] = /node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(readlinkSync(join(folder, entry.name))) ?? [];
      found.set(`${scope}${entry.name}`, name);
    } else if (entry.isDirectory()) {
      for (const [alias, name] of linkedPackages(join(folder, entry.name), `${entry.name}/`)) found.set(alias, name);
    }
  }
  return found;
}

/**
 * @param {string} name
 * @param {string} out
 */
function copyPackage(name, out) {
  const path = `node_modules/${name}`;
  const unused = BUNDLED[name]?.unused;
  copy(path, out, (inner) => {
    const file = `${name}/${inner}`;
    return !isUnused(file) && !unused?.test(`${file}/`) && !/\.d\.[cm]?ts$/.test(file);
  });
  const file = join(out, path, 'package.json');
  writeJsonFile(file, {
    .../** @type {object} */ (readJson(file)),
    dependencies: {},
    optionalDependencies: {},
    peerDependencies: {},
    peerDependenciesMeta: {},
  });
}

const productDependencies = () => /** @type {ProductManifest} */ (readJson(join(ROOT, 'package.json'))).dependencies;

/** The packages that stay in node_modules when the product runs: those that are not compiled in. */
function runtimePackages() {
  const config = readFileSync(join(ROOT, 'next.config.js'), 'utf8');
  const [, list = ''] = /serverExternalPackages: \[([^\]]*)\]/.exec(config) ?? [];
  const external = [...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
  const wanted = new Set([...EXTERNAL, ...external, 'react', 'react-dom', 'zod']);
  return Object.keys(productDependencies()).filter((name) => wanted.has(name));
}

/**
 * @param {Record<string, string>} from
 * @param {readonly string[]} names
 */
const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));

const neededByBundled = () => {
  const names = Object.values(BUNDLED).flatMap(({ needs }) => needs);
  return Object.fromEntries(
    names.map((name) => {
      const installed = /** @type {{ version: string }} */ (readJson(join(ROOT, 'node_modules', name, 'package.json')));
      return [name, installed.version];
    }),
  );
};

/** @param {ProductManifest} product */
function manifestOf({ version, description, license, engines, dependencies }) {
  const exported = Object.entries(PUBLIC).map(([name, { file, source }]) => [
    name,
    { types: `./types/${source.replace(/\.ts$/, '.d.ts')}`, default: `./public/${file}.js` },
  ]);
  return {
    name: 'batchyard',
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { batchyard: 'scripts/batchyard.mjs' },
    exports: { ...Object.fromEntries(exported), './package.json': './package.json' },
    dependencies: { ...pick(dependencies, runtimePackages()), ...neededByBundled() },
    bundleDependencies: Object.keys(BUNDLED),
  };
}

/** @param {string} out */
async function writePublic(out) {
  const esbuild = await import('esbuild');
  const standalone = Object.values(PUBLIC).filter(({ file }) => file !== 'worker');
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: standalone.map(({ file, source }) => ({ in: source, out: file })),
    outdir: join(out, 'public'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['zod'],
    logLevel: 'silent',
  });
  await esbuild.stop();
  // The classes for programs are part of the product, which must know where it is before anything of it is loaded.
  writeFileSync(
    join(out, 'public', 'worker.js'),
    "import './place.js';\nexport * from '../dist/workers/models/index.js';\n",
  );
  writeFileSync(
    join(out, 'public', 'place.js'),
    "import { fileURLToPath } from 'node:url';\nprocess.env.PRODUCT_DIR ??= fileURLToPath(new URL('..', import.meta.url));\n",
  );
  await writeTypes(
    Object.values(PUBLIC).map(({ source }) => source),
    join(out, 'types'),
  );
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/**
 * @param {string} path
 * @param {unknown} value
 */
export function writeJsonFile(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

const README = `# Batchyard

A self-hosted control room for batches of background work. Make a folder of your own job types with
\`npm create batchyard my-yard\`, and start it there with \`npm start\`.
`;
