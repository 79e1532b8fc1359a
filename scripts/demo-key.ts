import { newId } from '@/lib/db/ids';
import { closePool, pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { hashApiKey, newApiKey, startOfApiKey } from '@/lib/domain/auth/api-key';

// Makes a member's API key for the demo, valid for an hour. It needs access to the database.
const LIFETIME = '1 hour';

async function createKey(): Promise<{ id: string; key: string }> {
  const id = newId();
  const key = newApiKey();
  const { rowCount } = await pool().query(
    sql`insert into api_key (id, organization_id, name, hash, start, role, expires_at)
     select ${id}, id, 'Demo (npm run demo)', ${hashApiKey(key)}, ${startOfApiKey(key)}, 'operator', now() + ${LIFETIME}::interval
     from organization order by created_at limit 1`,
  );
  if (!rowCount) throw new Error('The database holds no organization yet: start the product first.');
  return { id, key };
}

const revokeKey = (id: string) => pool().query(sql`update api_key set revoked_at = now() where id = ${id}`);

const [command, id] = process.argv.slice(2);
if (command === 'create') console.log(JSON.stringify(await createKey()));
else if (command === 'revoke' && id) await revokeKey(id);
else throw new Error('Usage: demo-key create | revoke <id>');
await closePool();
