import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { ConfigError } from '@/lib/own-jobs/read-config';
import { typeDeclarations } from '@/lib/own-jobs/type-names';
import { print } from './lib/cli-output';
import { examineJobs, type JobsPlace, placeOf, sourcesAt } from './lib/examine-jobs';

const USAGE = `Usage: node dist/scripts/jobs.js <command> [yard] <folder>
  build <folder> <out>       compile and examine the job files of a folder, and write the list that workers read
  build yard <folder> <out>  the same for the folders and packages that the folder's batchyard.config.ts names
  check <folder>             examine them only; exits with 1 if one is broken
  check yard <folder>        the same for a yard
check --json prints a line for each file and at last one with the counts; --no-types leaves .batchyard/types.d.ts as it is`;

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

/** What programs read, also those of other versions: a file on each line, and at last how many of each there are. */
function sayJson({ entries, folder }: Manifest): void {
  for (const { type, path, error } of entries) {
    print(error ? { type, path: error.file || path, line: error.line, error: error.message } : { type, path });
  }
  const broken = entries.filter(({ error }) => error).length;
  print({ folder, usable: entries.length - broken, broken });
}

/** Tells the compiler of a yard the names of the types. A clone is the product, whose own code must know no such names. */
function writeTypes({ isYard, folder }: JobsPlace, found: Manifest): void {
  if (!isYard || folder === root) return;
  const file = join(folder, '.batchyard', 'types.d.ts');
  const text = typeDeclarations(found);
  try {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    mkdirSync(dirname(file), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    writeFileSync(file, text);
  } catch (error) {
    // A yard may be read-only, with its state elsewhere.
    console.log(`${file} was not written (${(error as NodeJS.ErrnoException).code}): editors don’t know new types.`);
  }
}

async function main([command, ...given]: string[]): Promise<number> {
  const { values, positionals: args } = parseArgs({
    args: given,
    options: { json: { type: 'boolean' }, 'no-types': { type: 'boolean' } },
    allowPositionals: true,
  });
  const place = placeOf(args);
  const [folder, out] = args[0] === 'yard' ? args.slice(1) : args;
  if (!folder || (command === 'build' ? !out : command !== 'check')) {
    console.error(USAGE);
    return 1;
  }
  if (command === 'check' || !out) {
    const examined = await examineJobs(place, root, examiner);
    (values.json ? sayJson : say)(examined);
    if (!values['no-types']) writeTypes(place, examined);
    return examined.entries.some(({ error }) => error) ? 1 : 0;
  }
  const built = await buildJobs({
    root,
    from: await sourcesAt(place, root, resolve(out)),
    out: resolve(out),
    examiner,
  });
  say(built);
  writeTypes(place, built);
  return 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  return 1;
});
