import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from './content-hash.mjs';
import { readLockfile } from './install.mjs';
import { readJson } from './json-file.mjs';
import { ROOT } from './place.mjs';
import { step } from './step.mjs';
import { runScript } from './task.mjs';

const OUTPUT = join(ROOT, 'lib', 'db', 'generated');
const STAMP = join(OUTPUT, 'stamp.json');

/** Writes the Prisma client if the schema or Prisma changed since. */
export async function generate() {
  const { version } = readLockfile()?.packages?.['node_modules/prisma'] ?? {};
  const key = `${version}:${contentHash(ROOT, ['prisma/schema.prisma'])}`;
  const stamp = /** @type {{ key?: string } | null} */ (readJson(STAMP));
  if (stamp?.key === key && existsSync(join(OUTPUT, 'client.ts'))) return;
  await step('Generating the database client', () =>
    runScript([join(ROOT, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], {
      name: 'prisma generate',
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        // Naming any file keeps Prisma from downloading an engine that generating doesn't use.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      },
    }),
  );
  writeFileSync(STAMP, JSON.stringify({ key }));
}
