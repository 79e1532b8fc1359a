import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

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
export const offlineAdapter: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'batchyard-offline',
  connect: async () => connection,
  connectToShadowDb: refuse,
};
