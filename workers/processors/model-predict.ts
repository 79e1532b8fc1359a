import { text } from 'node:stream/consumers';
import { must } from '@/lib/contracts/must';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { modelSchema } from './model-training/model';
import { best, Predictor } from './model-training/predict';

type Job = ProcessorContext<'model-predict'>;

/** The number of models that a consumer caches; each may take tens of megabytes. */
const MAX_KEPT = 4;
const MAX_MODEL_BYTES = 64 * 1024 * 1024;
const MAX_SHOWN = 10;

const kept = new Map<string, Promise<Predictor>>();

/** Predicts one row. Each consumer loads a model once for all rows of a batch. */
export const processModelPredict: Processor<'model-predict'> = async (job) => {
  const predictor = await ready(job);
  const probabilities = predictor.predict(job.data.row);
  const { classes } = predictor.model;
  const likeliest = best(probabilities);
  return {
    label: must(classes[likeliest], 'The likeliest class'),
    probability: probabilities[likeliest] ?? 0,
    probabilities: classes
      .map((label, i) => ({ label, probability: probabilities[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, MAX_SHOWN),
    missing: predictor.missing(job.data.row),
  };
};

function ready(job: Job): Promise<Predictor> {
  // The lookup is limited to the organization, so the id of another one's model is not found.
  const key = `${job.organizationId}/${job.data.modelFileId}`;
  const held = kept.get(key) ?? load(job);
  kept.delete(key);
  kept.set(key, held);
  held.catch(() => kept.delete(key));
  const oldest = kept.size > MAX_KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return held;
}

async function load(job: Job): Promise<Predictor> {
  const { file, stream } = await job.openFile(job.data.modelFileId);
  try {
    if (file.size > MAX_MODEL_BYTES) throw noModel(file.name);
    return new Predictor(modelSchema.parse(JSON.parse(await text(stream))));
  } catch (cause) {
    // A failed read may succeed later. A file that is not a model never will.
    throw cause instanceof Error && 'code' in cause ? cause : noModel(file.name, cause);
  } finally {
    stream.destroy();
  }
}

const noModel = (name: string, cause?: unknown) =>
  new PermanentError(`${name} is not a model that model-training saved.`, 'not-a-model', { cause });
