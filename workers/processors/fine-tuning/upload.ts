import { systemContext } from '@/lib/domain/context';
import type { FineTuningEndpoint } from '@/lib/domain/fine-tuning';
import { noteRun, type RemoteRun } from '@/lib/domain/remote-run';
import { PermanentError, type ProcessorContext } from '@/workers/runtime/processor';
import { checkExamples } from './check-examples';
import { patiently } from './patiently';

type Job = ProcessorContext<'fine-tuning'>;

const SHOWN = 10;

/** Checks a file of examples. @throws PermanentError `invalid-examples` naming the rows; each is in the log */
export async function check(job: Job, fileId: string): Promise<number> {
  const { file, stream } = await job.openFile(fileId);
  try {
    const { examples, issues, wrong } = await checkExamples(stream, job.data.method, job.signal);
    for (const { row, path, message } of issues)
      job.log('error', `${file.name} row ${row}: ${path ? `${path} ` : ''}${message}`);
    if (wrong > 0) {
      const first = issues
        .slice(0, SHOWN)
        .map(({ row, path, message }) => `row ${row}: ${path ? `${path} ` : ''}${message}`);
      throw new PermanentError(
        `${wrong} of the rows of ${file.name} are not examples. ${first.join('; ')}`,
        'invalid-examples',
      );
    }
    if (examples === 0) throw new PermanentError(`${file.name} holds no examples.`, 'invalid-examples');
    job.log('info', `${file.name} holds ${examples} examples.`);
    return examples;
  } finally {
    stream.destroy();
  }
}

/** Uploads a file unless it has been: under a name of this job, by which it is found again if the answer is lost. */
export async function upload(
  job: Job,
  endpoint: FineTuningEndpoint,
  run: RemoteRun,
  use: 'training' | 'validation',
  fileId: string,
): Promise<string> {
  const known = run.files[use];
  if (known) return known;
  const name = `batchyard-${job.jobId}-${run.round}-${use}.jsonl`;
  const id = await patiently(async () => {
    const before = await endpoint.findFile(name, job.signal);
    if (before) return before;
    const { file, stream } = await job.openFile(fileId);
    try {
      return await endpoint.upload({ name, size: file.size, body: stream }, job.signal);
    } finally {
      stream.destroy();
    }
  }, job.signal);
  run.files = { ...run.files, [use]: id };
  await noteRun(systemContext(job.organizationId), job.jobId, { files: run.files });
  job.log('info', `Uploaded the ${use} file as ${id}.`);
  return id;
}
