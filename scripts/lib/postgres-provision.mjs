import { codeOf, StartError } from './failure.mjs';
import { ADMIN } from './postgres-cluster.mjs';

const NAME = 'batchyard';

/**
 * Creates the database and the role that the product uses, which owns its database and has no other right.
 * @param {number} port
 * @param {import('./secrets.mjs').Secrets} secrets
 * @returns its DATABASE_URL
 */
export async function provision(port, { postgresAdminPassword, postgresPassword }) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ADMIN,
    password: postgresAdminPassword,
    database: 'postgres',
  });
  try {
    await client.connect();
    const role = await client.query('select 1 from pg_roles where rolname = $1', [NAME]);
    const verb = role.rowCount ? 'alter' : 'create';
    await client.query(`${verb} role ${NAME} login password ${client.escapeLiteral(postgresPassword)}`);
    const database = await client.query('select 1 from pg_database where datname = $1', [NAME]);
    if (!database.rowCount) await client.query(`create database ${NAME} owner ${NAME}`);
  } catch (error) {
    if (codeOf(error) !== '28P01') throw error;
    throw new StartError(
      'DATA_DIR/secrets.json is not the one this database was made with. Put it back, or choose another DATA_DIR.',
    );
  } finally {
    await client.end();
  }
  return `postgresql://${NAME}:${postgresPassword}@127.0.0.1:${port}/${NAME}`;
}
