import type { JobType } from '@/lib/job-types';
import { processDiagnostic } from './processors/diagnostic';
import { processDocument } from './processors/document-processing';
import { processFineTuning } from './processors/fine-tuning';
import { processImport } from './processors/import';
import type { Processor } from './runtime/processor';

/** The processor of each job type; one that is missing does not compile. */
export const processors: { [T in JobType]: Processor<T> } = {
  diagnostic: processDiagnostic,
  import: processImport,
  'document-processing': processDocument,
  'fine-tuning': processFineTuning,
};
