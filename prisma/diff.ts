import { NO_FILTER, openEngine } from './engine';
import { readSchema, readSnapshot, writeMigration, writeSnapshot } from './folder';
import { offlineAdapter } from './offline';

const EMPTY = '-- This is an empty migration.';

/** Returns the SQL that migrates from one schema file to another; empty if both describe the same tables. */
export async function diffSchemas(from: string | null, to: string): Promise<string> {
  const engine = await openEngine(offlineAdapter);
  const target = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'prisma/schema.prisma', content }],
  });
  try {
    const { stdout } = await engine.diff({
      from: from === null ? { tag: 'empty' } : target(from),
      to: target(to),
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    });
    const sql = stdout?.trim() ?? '';
    return sql === EMPTY ? '' : `${sql}\n`;
  } finally {
    engine.free();
  }
}

/** Returns the SQL difference between schema.prisma and the migrations; empty if there is none. Needs no database. */
export async function findDrift(): Promise<string> {
  return diffSchemas(await readSnapshot(), await readSchema());
}

/**
 * Writes the next migration from schema.prisma, and saves the schema as the new snapshot.
 * @returns its file, or null if there is nothing to migrate
 */
export async function createMigration(label: string): Promise<string | null> {
  const sql = await findDrift();
  if (!sql) return null;
  const file = await writeMigration(label, sql);
  await writeSnapshot(await readSchema());
  return file;
}
