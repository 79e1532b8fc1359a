import { type JobType, type SelfContained, workInDefinition } from '@/lib/job-types/catalogue';
import type { Processor } from './runtime/processor';

/**
 * The processor of each job type without a `run` function; a missing one does not compile. A processor and its libraries
 * are loaded by the first job of its type, so a consumer starts fast and holds only what its jobs need.
 */
const processors: { [T in Exclude<JobType, SelfContained>]: () => Promise<Processor<T>> } = {
  'bulk-operation': async () => (await import('./processors/bulk-operation')).processBulkOperation,
  'data-conversion': async () => (await import('./processors/data-conversion')).processDataConversion,
  diagnostic: async () => (await import('./processors/diagnostic')).processDiagnostic,
  collect: async () => (await import('./processors/collect')).processCollect,
  import: async () => (await import('./processors/import')).processImport,
  export: async () => (await import('./processors/export')).processExport,
  'document-processing': async () => (await import('./processors/document-processing')).processDocument,
  'fine-tuning': async () => (await import('./processors/fine-tuning')).processFineTuning,
  'model-training': async () => (await import('./processors/model-training')).processModelTraining,
  'model-predict': async () => (await import('./processors/model-predict')).processModelPredict,
  'workflow-execution': async () => (await import('./processors/workflow-execution')).processWorkflow,
};

type Work = (job: never) => Promise<unknown>;
const loaded = new Map<JobType, Work>();

/** Returns the function that does the work of a type. */
export function workOf(type: JobType): Work {
  const known = loaded.get(type) ?? workInDefinition(type);
  if (known) return known;
  const load = (processors as Partial<Record<JobType, () => Promise<Work>>>)[type];
  if (!load) throw new Error(`${type} has neither its work nor a processor.`);
  return async (job) => {
    const work = await load();
    loaded.set(type, work);
    return work(job);
  };
}
