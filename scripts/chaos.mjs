import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, stream } from './checks.mjs';
import { bundle, entries } from './lib/bundle.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * `npm run chaos`: every fault under load on both queue backends, judged by SQL over the invariants.
 * `--short` inflicts those that tell most, on little work; it is part of `npm test`.
 */
const short = process.argv.includes('--short');
await prepare();
await bundle(entries());
let failed = 0;
for (const backend of ['redis', 'postgres']) {
  const size = short ? ['120', 'short'] : ['2000'];
  const code = await stream([process.execPath, '--import', 'tsx', 'chaos/run.ts', backend, ...size]);
  if (code !== 0) failed += 1;
}
process.exitCode = failed;
