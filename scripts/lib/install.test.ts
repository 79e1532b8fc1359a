import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isInstalled } from './install.mjs';

const packages = (entries: Record<string, object>) => ({ packages: { '': {}, ...entries } });

describe('isInstalled', () => {
  const wanted = packages({
    'node_modules/a': { version: '1.0.0' },
    'node_modules/mac-only': { version: '1.0.0', optional: true },
    'node_modules/tool': { version: '1.0.0', dev: true },
  });

  it('accepts a complete installation without packages of other systems and development tools', () => {
    expect(isInstalled(wanted, packages({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
  });

  it('detects another version, a missing package, and an interrupted installation', () => {
    expect(isInstalled(wanted, packages({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
    expect(isInstalled(wanted, packages({}))).toBe(false);
    expect(isInstalled(wanted, null)).toBe(false);
  });
});

// An entry that is missing makes npm ci refuse the lock file, on every system.
describe('package-lock.json', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; integrity?: string; inBundle?: boolean }>;
  };

  function isNamed(name: string, from: string): boolean {
    for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
      if (`${base ? `${base}/` : ''}node_modules/${name}` in lock.packages) return true;
      if (!base) return false;
    }
  }

  it('has a hash of every package, of every system, except of what another one contains', () => {
    const unsure = Object.entries(lock.packages).filter(
      ([path, { integrity, inBundle }]) => path && !integrity && !inBundle,
    );
    expect(unsure.map(([path]) => path)).toEqual([]);
  });

  it('names the binaries of every system', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isNamed(name, path)),
    );
    expect(missing).toEqual([]);
  });
});
