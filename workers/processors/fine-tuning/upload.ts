import { systemContext } from '@/lib/domain/context';
import type { FineTuningEndpoint } from '@/lib/domain/fine-tuning/endpoint';
import type { RemoteRun } from '@/lib/domain/remote-run/remote-runs';
import { saveRun } from '@/lib/domain/remote-run/remote-runs';
import { PermanentError, type ProcessorContext } from '@/workers/runtime/processor';
import { checkExamples } from './check-examples';
import { sentLines } from './json-lines';
import { retryWhileBusy } from './retry-while-busy';

type Job = ProcessorContext<'fine-tuning'>;

const SHOWN = 10;

/**
 * Validates a file of examples.
 * @returns the number of examples and of bytes to upload
 * @throws PermanentError `invalid-examples` with row numbers; each issue is in the log
 */
export async function check(job: Job, fileId: string): Promise<{ examples: number; bytes: number }> {
  const { file, stream } = await job.openFile(fileId);
  try {
    const { examples, bytes, issues, wrong } = await checkExamples(stream, job.data.method, job.signal);
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
    return { examples, bytes };
  } finally {
    stream.destroy();
  }
}

/**
 * Uploads the validated lines of a file, unless an earlier attempt did. The file name contains the job's id, so that
 * the file can be found again if the response is lost.
 */
export async function upload(
  job: Job,
  endpoint: FineTuningEndpoint,
  run: RemoteRun,
  use: 'training' | 'validation',
  fileId: string,
  size: number,
): Promise<string> {
  const known = run.files[use];
  if (known) return known;
  const name = `batchyard-${job.jobId}-${run.round}-${use}.jsonl`;
  const id = await retryWhileBusy(async () => {
    const before = await endpoint.findFile(name, job.signal);
    if (before) return before;
    const { stream } = await job.openFile(fileId);
    try {
      return await endpoint.upload({ name, size, body: sentLines(stream) }, job.signal);
    } finally {
      stream.destroy();
    }
  }, job.signal);
  run.files = { ...run.files, [use]: id };
  await saveRun(systemContext(job.organizationId), job.jobId, { files: run.files });
  job.log('info', `Uploaded the ${use} file as ${id}.`);
  return id;
}
