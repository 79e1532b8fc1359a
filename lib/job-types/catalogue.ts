import { z } from 'zod';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { bulkOperation } from './bulk-operation';
import { callback } from './callback';
import { collect } from './collect';
import { dataConversion } from './data-conversion';
import type { JobTypeDefinition } from './definition';
import { diagnostic } from './diagnostic';
import { documentProcessing } from './document-processing';
import { exportData } from './export';
import { external } from './external';
import { fineTuning } from './fine-tuning';
import { importRows } from './import';
import { modelPredict } from './model-predict';
import { modelTraining } from './model-training';
import { knownInputs } from './workflow/known';
import { workflowExecution } from './workflow-execution';

/** All job types by name. A type without a processor does not compile. */
export const catalogue = {
  'document-processing': documentProcessing,
  'bulk-operation': bulkOperation,
  'data-conversion': dataConversion,
  diagnostic,
  collect,
  callback,
  'fine-tuning': fineTuning,
  'model-training': modelTraining,
  'model-predict': modelPredict,
  'workflow-execution': workflowExecution,
  external,
  import: importRows,
  export: exportData,
} as const;

for (const { type, input } of Object.values(catalogue)) knownInputs.set(type, input);

export type JobType = keyof typeof catalogue;
export const JOB_TYPES = Object.keys(catalogue) as JobType[];

export type InputOf<T extends JobType> = z.output<(typeof catalogue)[T]['input']>;
export type OutputOf<T extends JobType> = z.input<(typeof catalogue)[T]['output']>;

export const isJobType = (type: string): type is JobType => Object.hasOwn(catalogue, type);

/** Returns a loosely typed definition, for code that handles all types in the same way. */
export const definitionOf = (type: JobType): JobTypeDefinition => catalogue[type];

/** The types that users can launch. The others are internal. */
export const OFFERED_TYPES: JobType[] = JOB_TYPES.filter((type) => !definitionOf(type).internal);

type Work = (job: never) => Promise<unknown>;

/** Types with a `run` function in their definition. They need no processor. */
export type SelfContained = {
  [T in JobType]: (typeof catalogue)[T] extends { run: Work } ? T : never;
}[JobType];

/** Returns the `run` function of a type's definition, or undefined. */
export const workInDefinition = (type: JobType): Work | undefined => (catalogue[type] as { run?: Work }).run;

/** Whether external BullMQ clients run this type. Then deliveries contain the data, and the queue keeps outcomes. */
export const isExternalType = (type: string): boolean =>
  isJobType(type) && definitionOf(type).external === true && !definitionOf(type).internal;
export const EXTERNAL_TYPES: JobType[] = JOB_TYPES.filter(isExternalType);

/** JSON Schema describes a bigint as an integer. */
const jsonSchemaOf = (schema: z.ZodType): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
    },
  });

/** The response of `GET /api/job-types`. `defaults` are those in the code; environment variables may override them. */
export function describeJobType(type: JobType): JobTypeDto {
  const d = definitionOf(type);
  const inputSchema = jsonSchemaOf(d.input);
  return {
    type,
    title: d.title,
    description: d.description,
    inputSchema,
    outputSchema: jsonSchemaOf(d.output),
    defaults: d.defaults,
    acceptsFiles: Object.hasOwn(inputSchema.properties ?? {}, 'fileId'),
  };
}
