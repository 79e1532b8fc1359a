import { newId } from '@/lib/db/ids';
import { closePool, pool } from '@/lib/db/pool';
import { hashApiKey, newApiKey, startOfApiKey } from '@/lib/domain/auth/api-key';

// For whoever can reach the database anyway: a key of the demo, a member's rights, for an hour.
const LIFETIME = '1 hour';

async function createKey(): Promise<{ id: string; key: string }> {
  const id = newId();
  const key = newApiKey();
  const { rowCount } = await pool().query(
    `insert into api_key (id, organization_id, name, hash, start, role, expires_at)
     select $1, id, 'Demo (npm run demo)', $2, $3, 'member', now() + $4::interval
     from organization order by created_at limit 1`,
    [id, hashApiKey(key), startOfApiKey(key), LIFETIME],
  );
  if (!rowCount) throw new Error('The database holds no organization yet: start the product first.');
  return { id, key };
}

const revokeKey = (id: string) => pool().query('update api_key set revoked_at = now() where id = $1', [id]);

const [command, id] = process.argv.slice(2);
if (command === 'create') console.log(JSON.stringify(await createKey()));
else if (command === 'revoke' && id) await revokeKey(id);
else throw new Error('Usage: demo-key create | revoke <id>');
await closePool();
