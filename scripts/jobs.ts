import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { buildJobs } from '@/lib/own-jobs/build-jobs';

const USAGE = `Usage: node dist/scripts/jobs.js <command> <folder>
  build <folder> <out>   compile and examine the job files of a folder, and write the list that workers read
  check <folder>         examine them only; exits with 1 if one is broken`;

const examiner = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './examine-job.ts' : './examine-job.js', import.meta.url),
);
const root = process.cwd();

/** What a person reads: each broken file with its line, then how many are usable. */
function say({ entries, folder }: Manifest): void {
  for (const { error, path } of entries) {
    if (error)
      console.log(`${join(folder, error.file || path)}${error.line ? `:${error.line}` : ''}  ${error.message}`);
  }
  const broken = entries.filter(({ error }) => error).length;
  if (entries.length === 0) return;
  console.log(
    `Own jobs in ${folder}: ${entries.length - broken} usable${broken > 0 ? `, ${broken} broken (listed above)` : ''}.`,
  );
}

async function main([command, folder, out]: string[]): Promise<number> {
  if (command === 'build' && folder && out) {
    say(await buildJobs({ root, folder: resolve(folder), out: resolve(out), examiner }));
    return 0;
  }
  if (command === 'check' && folder) {
    const place = mkdtempSync(join(tmpdir(), 'batchyard-jobs-'));
    try {
      const manifest = await buildJobs({ root, folder: resolve(folder), out: place, examiner });
      say(manifest);
      return manifest.entries.some(({ error }) => error) ? 1 : 0;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
  console.error(USAGE);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
