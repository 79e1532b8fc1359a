import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { changesSince } from './changes';
import { decide, targetOf } from './target';
import { compareVersions } from './version';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-upgrade-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('versions have the order of npm', () => {
  const ordered = ['no version', '0.9.9', '0.10.0', '1.0.0-alpha', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0', '1.0.1'];
  const mixed = [3, 0, 7, 5, 1, 6, 2, 4].map((i) => ordered[i] ?? '');
  expect(mixed.sort(compareVersions)).toEqual(ordered);
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

it('a changelog is read down to the installed version, without empty sections', () => {
  const changelog = `# Changelog

All notable changes.

## Unreleased

## [1.2.0] - 2026-02-01

### Added

- An engine.
  It runs.

## 1.1.0-rc.1

- A wheel.

## [1.0.0] - 2026-01-01

- Everything.
`;
  expect(changesSince(changelog, '1.0.0')).toBe(
    '## [1.2.0] - 2026-02-01\n\n### Added\n\n- An engine.\n  It runs.\n\n## 1.1.0-rc.1\n\n- A wheel.',
  );
  expect(changesSince(changelog, '1.1.0')).toBe('## [1.2.0] - 2026-02-01\n\n### Added\n\n- An engine.\n  It runs.');
  expect(changesSince(changelog, '1.2.0')).toBe('');
  expect(changesSince('', '1.2.0')).toBe('');
});

it('a version, a tag or a tarball is named; by default the newest of the registry', () => {
  writeFileSync(join(folder, 'new.tgz'), '');
  const asTarget = (asked?: string, dependency = '^1.0.0') => targetOf(asked, dependency, folder);
  expect([asTarget(), asTarget(undefined, 'next'), asTarget('1.2.3'), asTarget('next')]).toEqual([
    { spec: 'batchyard@latest' },
    { spec: 'batchyard@next' },
    { spec: 'batchyard@1.2.3' },
    { spec: 'batchyard@next' },
  ]);
  const target = { tarball: join(folder, 'new.tgz') };
  expect(['new.tgz', './new.tgz', 'file:new.tgz', target.tarball].map((path) => asTarget(path))).toEqual(
    Array.from({ length: 4 }, () => target),
  );
  expect(() => asTarget('absent.tgz')).toThrow(`There is no tarball ${join(folder, 'absent.tgz')}.`);
  expect(() => asTarget('./')).toThrow('There is no tarball');
  for (const wrong of ['^1.2.3', '--global', 'a b', 'acme@1.2.3', 'https://example.org/a']) {
    expect(() => asTarget(wrong), wrong).toThrow(`“${wrong}” is no version`);
  }
  expect(() => asTarget(undefined, 'file:../batchyard-1.0.0.tgz')).toThrow('of which npm knows no newer version');
});

it('an older version is refused unless it is asked for as such, and the same one is left alone', () => {
  const found = { name: 'batchyard', version: '1.1.0', integrity: 'sha512-b' };
  expect(decide(found, { version: '1.0.0' })).toBe('other');
  expect(decide(found, { version: '1.1.0' })).toBe('same');
  expect(decide(found, { version: '1.1.0', integrity: 'sha512-b' })).toBe('same');
  expect(decide(found, { version: '1.1.0', integrity: 'sha512-a' })).toBe('other');
  expect(() => decide(found, { version: '1.2.0' })).toThrow(
    /^1.1.0 is older than the installed 1.2.0. Migrations only/,
  );
  expect(decide(found, { version: '1.2.0' }, { downgrade: true })).toBe('other');
  expect(() => decide({ ...found, name: 'left-pad' }, { version: '1.0.0' })).toThrow('That is the package left-pad');
});
