import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type * as Binding from '@prisma/schema-engine-wasm/schema_engine_bg';

export type SchemaEngine = Binding.SchemaEngine;

/** The schema manages all tables and enums, so the filter excludes none. */
export const NO_FILTER = { externalTables: [], externalEnums: [] };

let binding: Promise<typeof Binding> | undefined;

/**
 * Opens Prisma's schema engine as WebAssembly, to compare schemas. The native engine would be downloaded from Prisma's
 * servers; this one is an npm package.
 */
export async function openEngine(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> {
  binding ??= instantiate();
  const { SchemaEngine: Engine } = await binding;
  return Engine.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(adapter));
}

async function instantiate(): Promise<typeof Binding> {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const imports: typeof Binding = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(glue), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': imports as WebAssembly.ModuleImports,
  });
  imports.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return imports;
}
