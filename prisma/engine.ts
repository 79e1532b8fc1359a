import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type * as Binding from '@prisma/schema-engine-wasm/schema_engine_bg';

export type SchemaEngine = Binding.SchemaEngine;
export type MigrationList = Binding.MigrationList;
export type DiffTarget = Binding.DiffTarget;

/** Nothing of ours is managed outside the schema. */
export const NO_FILTER = { externalTables: [], externalEnums: [] };

let binding: Promise<typeof Binding> | undefined;

/**
 * Prisma's schema engine as WebAssembly. Its native twin would be downloaded from Prisma's servers;
 * this one comes from npm like everything else.
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
    './schema_engine_bg.js': imports as unknown as WebAssembly.ModuleImports,
  });
  imports.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return imports;
}
