import { run as batchEmbedding } from './batch-embedding';
import { run as deploy } from './deploy';
import { run as etlPipeline } from './etl-pipeline';
import { run as mapReduce } from './map-reduce';
import { run as orderProcessing } from './order-processing';
import { run as reportGeneration } from './report-generation';
import type { Example } from './support/stage';
import { run as uniqueBigJob } from './unique-big-job';

/** Every example, by the name that `npm run example -- <name>` takes. */
export const EXAMPLES: Record<string, Example> = {
  'batch-embedding': batchEmbedding,
  'report-generation': reportGeneration,
  'etl-pipeline': etlPipeline,
  'order-processing': orderProcessing,
  deploy,
  'map-reduce': mapReduce,
  'unique-big-job': uniqueBigJob,
};
