import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle, DIST } from './bundle.mjs';

// Nothing loads this compiled file, so the product that runs beside the tests is not disturbed.
const SOURCE = 'lib/contracts/must.ts';
const file = join(DIST, 'lib', 'contracts', 'must.js');

test('a compiled file is replaced as a whole, and left alone if nothing changed', async () => {
  await bundle([SOURCE]);
  const before = statSync(file);
  await bundle([SOURCE]);
  // The same file: a start that reads it at this moment never sees a part of it.
  expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });

  writeFileSync(file, 'changed by somebody');
  const changed = statSync(file);
  await bundle([SOURCE]);
  expect(statSync(file).ino).not.toBe(changed.ino);
  expect(statSync(file).size).toBe(before.size);
});
