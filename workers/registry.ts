import { type JobType, type SelfContained, workInDefinition } from '@/lib/job-types/catalogue';
import { processBulkOperation } from './processors/bulk-operation';
import { processCollect } from './processors/collect';
import { processDataConversion } from './processors/data-conversion';
import { processDiagnostic } from './processors/diagnostic';
import { processDocument } from './processors/document-processing';
import { processFineTuning } from './processors/fine-tuning';
import { processImport } from './processors/import';
import { processModelPredict } from './processors/model-predict';
import { processModelTraining } from './processors/model-training';
import { processWorkflow } from './processors/workflow-execution';
import type { Processor } from './runtime/processor';

/** The processor of each job type without a `run` function. A missing one does not compile. */
const processors: { [T in Exclude<JobType, SelfContained>]: Processor<T> } = {
  'bulk-operation': processBulkOperation,
  'data-conversion': processDataConversion,
  diagnostic: processDiagnostic,
  collect: processCollect,
  import: processImport,
  'document-processing': processDocument,
  'fine-tuning': processFineTuning,
  'model-training': processModelTraining,
  'model-predict': processModelPredict,
  'workflow-execution': processWorkflow,
};

/** Returns the function that does the work of a type. */
export function workOf(type: JobType): (job: never) => Promise<unknown> {
  const work =
    workInDefinition(type) ?? (processors as Partial<Record<JobType, (job: never) => Promise<unknown>>>)[type];
  if (!work) throw new Error(`${type} has neither its work nor a processor.`);
  return work;
}
