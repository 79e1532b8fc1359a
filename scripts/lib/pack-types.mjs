import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { closureOf, findFile } from './pack-closure.mjs';
import { ROOT } from './place.mjs';
import { runScript } from './task.mjs';

/** What a declaration file may be imported as. */
const ENDINGS = ['.d.ts', '/index.d.ts', ''];

/**
 * Writes the declarations of some sources, and of what they lead to.
 * @param {readonly string[]} sources relative to the product's folder
 * @param {string} out
 */
export async function writeTypes(sources, out) {
  const place = join(out, 'all');
  const config = join(out, 'tsconfig.json');
  mkdirSync(out, { recursive: true });
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    incremental: false,
    outDir: place,
    rootDir: ROOT,
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  };
  const files = sources.map((file) => join(ROOT, file));
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files }));
  await runScript([join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config], { name: 'tsc' });
  const entries = sources.map((file) => file.replace(/\.ts$/, '.d.ts'));
  for (const file of closureOf(place, entries, ENDINGS)) {
    const target = join(out, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withRelativeImports(place, file));
  }
  rmSync(place, { recursive: true });
  rmSync(config);
}

/**
 * The package has no alias, and Node's rules of resolution want the ending.
 * @param {string} root
 * @param {string} file
 */
function withRelativeImports(root, file) {
  return readFileSync(join(root, file), 'utf8').replace(
    /(from |import\()(["'])(@\/|\.{1,2}\/)([\w./-]+)\2/g,
    (_, before, quote, start, rest) => {
      const base = start === '@/' ? join(root, rest) : join(root, dirname(file), start, rest);
      const found = findFile(base, ENDINGS);
      const path = relative(join(root, dirname(file)), found ?? base).replace(/\.d\.ts$/, '.js');
      return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
    },
  );
}
