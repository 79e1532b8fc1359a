import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { grantRights } from '@/prisma/apply';

/** Creates a role with the rights of the running product in a migrated database. @returns its address */
export async function createAppRole(ownerUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `batchyard_test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const url = new URL(ownerUrl);
  url.username = name;
  url.password = password;
  const run = async (...statements: string[]) => {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    try {
      for (const statement of statements) await owner.query(statement);
    } finally {
      await owner.end();
    }
  };
  await run(`create role ${name} login password '${password}'`);
  await grantRights(ownerUrl, url.href);
  return { url: url.href, drop: () => run(`drop owned by ${name}`, `drop role ${name}`) };
}
