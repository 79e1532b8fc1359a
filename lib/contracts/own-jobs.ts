import { z } from 'zod';
import { jobTypeDefaults, manyItems, ownTypeError } from './job-type';

const jsonSchema = z.record(z.string(), z.unknown());

/** What is known of a job file without running its code. */
export const announcedDefinition = z.object({
  title: z.string(),
  description: z.string(),
  icon: z.string().nullable(),
  inputSchema: jsonSchema,
  outputSchema: jsonSchema,
  defaults: jobTypeDefaults,
  consumerConcurrency: z.int(),
  searchable: z.array(z.string()),
  many: manyItems.optional(),
});
export type AnnouncedDefinition = z.infer<typeof announcedDefinition>;

/** One job file: what it defines, or what is wrong with it. */
const manifestEntry = z.object({
  type: z.string(),
  /** relative to the folder of the manifest, with `/` */
  path: z.string(),
  source: z.enum(['file', 'package']),
  /** changes with the compiled code */
  version: z.string(),
  /** the compiled file; null where it could not be compiled */
  module: z.string().nullable(),
  definition: announcedDefinition.nullable(),
  error: ownTypeError.nullable(),
});
export type ManifestEntry = z.infer<typeof manifestEntry>;

export const manifest = z.object({
  /** the folder that the paths are relative to, absolute */
  folder: z.string(),
  /** the folders of job files, absolute; some may be missing */
  folders: z.array(z.string()),
  /** changes if a type was added, changed or removed */
  hash: z.string(),
  entries: z.array(manifestEntry),
});
export type Manifest = z.infer<typeof manifest>;
