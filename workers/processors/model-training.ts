import type { Readable } from 'node:stream';
import type { Reading, ReadingOverrides } from '@/lib/contracts/import';
import type { ProgressChart } from '@/lib/contracts/job';
import { detectReading, HEAD_BYTES } from '@/lib/domain/import/reading/detect-reading';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import type { OutputOf } from '@/lib/job-types/catalogue';
import { TRAINING_LIMITS } from '@/lib/job-types/model-training';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { trainInThread } from './model-training/in-thread';

type Job = ProcessorContext<'model-training'>;

/** Trains a classifier on a data set, epoch by epoch, and saves it. Training is deterministic for an input and seed. */
export const processModelTraining: Processor<'model-training'> = async (job) => {
  const { fileId, headerRow, ...options } = job.data;
  const { epochs } = options;
  job.updateProgress(0, epochs, 'Reading the data set');
  const { bytes, reading } = await load(job, fileId, headerRow === undefined ? {} : { headerRow });
  const loss: [number, number][] = [];
  const validationLoss: [number, number][] = [];
  const chart = (): ProgressChart => ({
    axis: 'epoch',
    series: [
      { name: 'training loss', points: [...loss] },
      { name: 'validation loss', points: [...validationLoss] },
    ],
  });
  const { model, trained } = await trainInThread(bytes, options, reading, job.signal, (what) => {
    if (what.type === 'log') job.log(what.level, what.message);
    else if (what.type === 'batch') {
      const said = `Epoch ${what.epoch} of ${epochs}, batch ${what.batch} of ${what.batches}`;
      job.updateProgress(what.epoch - 1, epochs, said, chart());
    } else {
      loss.push([what.epoch, what.loss]);
      validationLoss.push([what.epoch, what.validationLoss]);
      const figures = `loss ${what.loss.toFixed(4)}, validation ${what.validationLoss.toFixed(4)}`;
      job.log('info', `Epoch ${what.epoch}: ${figures}`);
      job.updateProgress(what.epoch, epochs, `Epoch ${what.epoch} of ${epochs}, ${figures}`, chart());
    }
  });
  const file = await job.saveArtifact('model.json', 'application/json', JSON.stringify(model));
  warnOf(job, trained);
  const right = `${(trained.accuracy * 100).toFixed(1)}% of ${trained.rows.test} unseen rows`;
  job.log('info', `Best after epoch ${trained.bestEpoch}: right for ${right}.`);
  job.updateProgress(epochs, epochs, `Right for ${right}`, chart());
  return { modelFileId: file.fileId, ...trained };
};

const MOST_NAMED = 5;

/** Warnings about the model that its accuracy does not show. */
function warnOf(job: Job, { rows, classes }: Pick<OutputOf<'model-training'>, 'rows' | 'classes'>): void {
  const { target } = job.data;
  if (rows.withoutTarget > 0)
    job.warn('rows-without-target', `${rows.withoutTarget} of the rows have no ${target} and were left out.`);
  const unseen = classes.filter(({ support }) => support === 0).map(({ label }) => `“${label.slice(0, 60)}”`);
  if (unseen.length === 0) return;
  const more = unseen.length > MOST_NAMED ? ` and ${unseen.length - MOST_NAMED} more` : '';
  job.warn(
    'classes-not-measured',
    `The test rows have no ${target} ${unseen.slice(0, MOST_NAMED).join(', ')}${more}, so its accuracy is unknown. Add more rows of it.`,
  );
}

async function load(
  job: Job,
  fileId: string,
  overrides: ReadingOverrides,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; reading: Reading }> {
  const { file, stream } = await job.openFile(fileId);
  try {
    if (file.size > TRAINING_LIMITS.bytes) {
      throw new PermanentError(
        `${file.name} is larger than the ${TRAINING_LIMITS.bytes / 1024 ** 2} MB that can be trained on.`,
        'data-set-too-large',
      );
    }
    const bytes = await readAll(stream, file.size, job.signal);
    return { bytes, reading: await requireTable(bytes, file.name, overrides) };
  } finally {
    stream.destroy();
  }
}

/** Requires a table. The error for another file names its kind. */
async function requireTable(bytes: Uint8Array, name: string, overrides: ReadingOverrides): Promise<Reading> {
  const head = bytes.subarray(0, HEAD_BYTES);
  const { reading } = await detectReading(head, {
    name,
    whole: head.length === bytes.length,
    overrides: { header: true, ...overrides },
  }).catch((cause) => {
    if (!(cause instanceof ReadingError)) throw cause;
    throw new PermanentError(cause.message, 'invalid-data-set', { cause });
  });
  const { format, encoding } = reading;
  if (format !== 'csv' && format !== 'jsonl') refuse(`${name} is ${format.toUpperCase()}`);
  if (encoding !== 'utf-8') refuse(`${name} is written as ${encoding}`);
  return reading;
}

function refuse(what: string): never {
  throw new PermanentError(
    `${what}: a data set is CSV, TSV or JSONL in UTF-8. A job of the type data-conversion makes one.`,
    'invalid-data-set',
  );
}

async function readAll(stream: Readable, size: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  // Shared memory could not be transferred to a thread without a copy.
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const part of stream) {
    signal.throwIfAborted();
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
