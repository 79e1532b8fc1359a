import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { NO_FILTER, openEngine } from './engine';
import { readSchema, readSnapshot, writeMigration, writeSnapshot } from './folder';

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

const refuse = async (): Promise<never> => {
  throw new Error('This comparison needs no database, yet the engine asked for one.');
};

// The engine queries the server version when it opens. Comparing two schemas needs no other query.
const VERSION = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 15.0', 150_000]],
};

const connection: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'batchyard-offline',
  queryRaw: async (query) => (query.sql.includes('server_version_num') ? VERSION : refuse()),
  executeRaw: refuse,
  executeScript: refuse,
  startTransaction: refuse,
  getConnectionInfo: () => ({ supportsRelationJoins: true }),
  dispose: async () => undefined,
};

/** Lets the engine compare schema files without a server: for `npm run verify` and for writing migrations. */
const offlineAdapter: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'batchyard-offline',
  connect: async () => connection,
  connectToShadowDb: refuse,
};
