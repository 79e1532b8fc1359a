import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, stream } from './checks.mjs';
import { bundle, entries } from './lib/bundle.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** `npm run bench [-- <redis|postgres> <jobs> <rounds>]`: measured against raw BullMQ on services of its own. */
const [backend, jobs = '100000', rounds = '3'] = process.argv.slice(2);
await prepare();
await bundle(entries());
for (const each of backend ? [backend] : ['redis', 'postgres']) {
  const code = await stream([process.execPath, '--import', 'tsx', 'bench/main.ts', each, jobs, rounds]);
  if (code !== 0) process.exitCode = code;
}
