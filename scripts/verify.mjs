import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS, prepare, runChecks } from './checks.mjs';
import { messageOf } from './lib/failure.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  await prepare();
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
const failed = await runChecks(CHECKS);
if (failed.length > 0) {
  console.error(`\nNot right yet: ${failed.join(' · ')}`);
  process.exit(1);
}
