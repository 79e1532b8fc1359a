import { codeOf, StartError } from './failure.mjs';
import { ADMIN } from './postgres-cluster.mjs';

/** The database, and the role that owns it: it applies migrations, and nothing that runs uses it. */
const NAME = 'batchyard';
/** The role of the running product: it reads and writes rows (prisma/rights.ts). */
const APP = 'batchyard_app';

/**
 * Creates the database and its two roles.
 * @param {number} port
 * @param {import('./secrets.mjs').Secrets} secrets
 * @returns the addresses of the database as its owner, and as the running product
 */
export async function provision(port, { postgresAdminPassword, postgresPassword, postgresAppPassword }) {
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
    for (const [name, password] of Object.entries({ [NAME]: postgresPassword, [APP]: postgresAppPassword })) {
      const role = await client.query('select 1 from pg_roles where rolname = $1', [name]);
      const verb = role.rowCount ? 'alter' : 'create';
      await client.query(`${verb} role ${name} login password ${client.escapeLiteral(password)}`);
    }
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
  /**
   * @param {string} role
   * @param {string} password
   */
  const url = (role, password) => `postgresql://${role}:${password}@127.0.0.1:${port}/${NAME}`;
  return { owner: url(NAME, postgresPassword), app: url(APP, postgresAppPassword) };
}
