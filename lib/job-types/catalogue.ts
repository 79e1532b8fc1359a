import { z } from 'zod';
import type { JobTypeDescription } from '@/lib/contracts/job-type';
import { must } from '@/lib/contracts/must';
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
import { loadedTypes, type OwnType, ownDefinition, ownTypes } from './own-types';
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

/** A type that is part of the product. */
export type BuiltInType = keyof typeof catalogue;
export const BUILT_IN_TYPES = Object.keys(catalogue) as BuiltInType[];

/** A checked name: of a type that is part of the product, or of one that an own job file or a package brings. */
export type JobType = BuiltInType | OwnType;

/** Only built-in types are known at compile time. */
export type InputOf<T extends JobType> = (typeof catalogue)[BuiltInType & T] extends {
  input: infer I extends z.ZodType;
}
  ? z.output<I>
  : unknown;
export type OutputOf<T extends JobType> = (typeof catalogue)[BuiltInType & T] extends {
  output: infer O extends z.ZodType;
}
  ? z.input<O>
  : unknown;

export const isBuiltIn = (type: string): type is BuiltInType => Object.hasOwn(catalogue, type);

export const isJobType = (type: string): type is JobType => isBuiltIn(type) || ownDefinition(type) !== undefined;

/** Returns the names of all types: those of the product, then own ones. */
export const jobTypes = (): JobType[] => [...BUILT_IN_TYPES, ...ownTypes()];

/** Returns a loosely typed definition, for code that handles all types in the same way. */
export const definitionOf = (type: JobType): JobTypeDefinition =>
  isBuiltIn(type) ? catalogue[type] : must(ownDefinition(type), `The definition of the job type ${type}`);

/** Returns the types that the consumers of this machine run. */
export const runnableTypes = (): JobType[] => [
  ...BUILT_IN_TYPES.filter((type) => !definitionOf(type).external),
  ...loadedTypes(),
];

/** Returns the types that users can launch. The others are internal, or nobody has them any more. */
export const offeredTypes = (): JobType[] =>
  jobTypes().filter((type) => !definitionOf(type).internal && !definitionOf(type).unavailable);

type Work = (job: never) => Promise<unknown>;

/** Types with a `run` function in their definition. They need no processor. */
export type SelfContained = {
  [T in BuiltInType]: (typeof catalogue)[T] extends { run: Work } ? T : never;
}[BuiltInType];

/** Returns the `run` function of a type's definition, or undefined. */
export const workInDefinition = (type: JobType): Work | undefined => (definitionOf(type) as { run?: Work }).run;

/** Whether external BullMQ clients run this type. Then deliveries contain the data, and the queue keeps outcomes. */
export const isExternalType = (type: string): boolean =>
  isJobType(type) && definitionOf(type).external === true && !definitionOf(type).internal;
export const EXTERNAL_TYPES: JobType[] = BUILT_IN_TYPES.filter(isExternalType);

/** JSON Schema describes a bigint as an integer. */
const jsonSchemaOf = (schema: z.ZodType): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
      // Zod leaves out the examples of an input that a transform changes. Ours are what a user sends.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });

/** What a type is, for forms and the API. `defaults` are those in the code; environment variables may override them. */
export function describeJobType(type: JobType): JobTypeDescription {
  const d = definitionOf(type);
  const inputSchema = d.schemas?.input ?? jsonSchemaOf(d.input);
  return {
    type,
    title: d.title,
    description: d.description,
    inputSchema,
    outputSchema: d.schemas?.output ?? jsonSchemaOf(d.output),
    defaults: d.defaults,
    acceptsFiles: Object.hasOwn(inputSchema.properties ?? {}, 'fileId'),
    ...(d.many ? { many: d.many } : {}),
  };
}
