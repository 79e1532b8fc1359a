import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trim } from './trim.mjs';

const TRIM = new URL('./trim.mjs', import.meta.url).href;

let modules: string;

function put(path: string): void {
  mkdirSync(dirname(join(modules, path)), { recursive: true });
  writeFileSync(join(modules, path), 'x');
}

beforeEach(() => {
  modules = mkdtempSync(join(tmpdir(), 'batchyard-trim-'));
  for (const path of [
    '.package-lock.json',
    'a/index.js',
    'a/index.js.map',
    'a/maps/only.map',
    'a/node_modules/zod/src/x.ts',
  ])
    put(path);
  put('esbuild/bin/esbuild');
});
afterEach(() => rmSync(modules, { recursive: true }));

const there = (path: string) => existsSync(join(modules, path));

describe('trim', () => {
  it('deletes files that are never loaded, with nested packages and empty folders', () => {
    trim({ canBuild: true, modules });
    expect(['a/index.js', 'esbuild/bin/esbuild'].filter(there)).toHaveLength(2);
    expect(['a/index.js.map', 'a/maps', 'a/node_modules'].filter(there)).toEqual([]);
  });

  it('deletes build tools where nothing can be built', () => {
    trim({ canBuild: false, modules });
    expect(there('esbuild')).toBe(false);
  });

  it('bears another start that deletes the same files at the same time', async () => {
    for (let i = 0; i < 3_000; i += 1) put(`b/${i % 300}/${i}.js.map`);
    const program = `import(${JSON.stringify(TRIM)}).then((m) => m.trim({ canBuild: true, modules: process.argv[1] }))`;
    const started = [1, 2, 3].map(() => promisify(execFile)(process.execPath, ['-e', program, modules]));
    await Promise.all(started);
    expect(there('b')).toBe(false);
  });

  it('runs once after each installation', () => {
    trim({ canBuild: true, modules });
    put('a/index.js.map');
    trim({ canBuild: true, modules });
    expect(there('a/index.js.map')).toBe(true);
  });
});
