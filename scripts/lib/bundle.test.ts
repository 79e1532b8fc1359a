import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle, DIST, ENVIRONMENT } from './bundle.mjs';

const file = join(DIST, ENVIRONMENT.replace(/\.ts$/, '.js'));

test('a compiled file is replaced as a whole, and left alone if nothing changed', async () => {
  await bundle([ENVIRONMENT]);
  const before = statSync(file);
  await bundle([ENVIRONMENT]);
  // The same file: a start that reads it at this moment never sees a part of it.
  expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });

  writeFileSync(file, 'changed by somebody');
  const changed = statSync(file);
  await bundle([ENVIRONMENT]);
  expect(statSync(file).ino).not.toBe(changed.ino);
  expect(statSync(file).size).toBe(before.size);
});
