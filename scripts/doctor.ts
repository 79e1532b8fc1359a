import { fileURLToPath } from 'node:url';
import { print } from './lib/cli-output';
import { examine } from './lib/doctor/examine';
import { exitCodeOf, findingText, summaryOf } from './lib/doctor/finding';
import type { NotedStart } from './lib/doctor/machine';
import { examineJobs, placeOf } from './lib/examine-jobs';

// `batchyard doctor`: node doctor.js <facts as JSON> [--json]

const examiner = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './examine-job.ts' : './examine-job.js', import.meta.url),
);
const [facts = '', how] = process.argv.slice(2);
const { dataDir, start, jobs } = JSON.parse(facts) as { dataDir: string; start: NotedStart; jobs: string[] };
const findings = await examine({
  dataDir,
  start,
  examineJobs: () => examineJobs(placeOf(jobs), process.cwd(), examiner),
});
if (how === '--json') for (const finding of findings) print(finding);
else console.log([...findings.map(findingText), summaryOf(findings)].join('\n'));
// Connections of services that give no answer may still be open.
process.exit(exitCodeOf(findings));
