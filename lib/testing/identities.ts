import { hashPassword } from 'better-auth/crypto';
import { expect } from 'vitest';
import type { Permission, Role } from '@/lib/contracts/permissions';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { hashApiKey, newApiKey, startOfApiKey } from '@/lib/domain/auth/api-key';
import { auth } from '@/lib/domain/auth/auth';
import { publicUrl } from '@/lib/domain/auth/origins';

const PASSWORD = 'correct-horse-battery-staple';
let hash: Promise<string> | undefined;

interface Person {
  organizationId: string;
  /** without one, the person belongs to no organization */
  role?: Role;
  systemAdmin?: boolean;
}

/** Creates a person and signs them in. @returns the headers of their browser */
export async function signedIn({ organizationId, role, systemAdmin = false }: Person): Promise<Record<string, string>> {
  const id = newId();
  const email = `${id}@example.org`;
  hash ??= hashPassword(PASSWORD);
  await pool().query(
    `insert into "user" (id, name, email, email_verified, system_admin, created_at, updated_at)
     values ($1, $2, $3, true, $4, now(), now())`,
    [id, `A ${role ?? 'guest'}`, email, systemAdmin],
  );
  await pool().query(
    `insert into account (id, account_id, provider_id, user_id, password, created_at, updated_at)
     values ($1, $2, 'credential', $2, $3, now(), now())`,
    [newId(), id, await hash],
  );
  if (role) {
    await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
      newId(),
      organizationId,
      id,
      role,
    ]);
  }
  const origin = publicUrl();
  const answer = await auth().handler(
    new Request(`${origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email, password: PASSWORD }),
    }),
  );
  expect(answer.status, await answer.clone().text()).toBe(200);
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  return { cookie: cookies.join('; '), origin, 'sec-fetch-site': 'same-origin' };
}

interface Key {
  organizationId: string;
  role: Role;
  scopes?: readonly Permission[];
  systemAdmin?: boolean;
  state?: 'valid' | 'revoked' | 'expired';
}

/** Creates an API key. @returns the headers of a program that uses it */
export async function withKey({ organizationId, role, scopes, systemAdmin = false, state = 'valid' }: Key) {
  const key = newApiKey();
  await pool().query(
    `insert into api_key (id, organization_id, name, hash, start, role, scopes, system_admin, revoked_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 = 'revoked' then now() end,
       case when $9 = 'expired' then now() - interval '1 second' end)`,
    [
      newId(),
      organizationId,
      `${state} ${role}`,
      hashApiKey(key),
      startOfApiKey(key),
      role,
      scopes ? JSON.stringify(scopes) : null,
      systemAdmin,
      state,
    ],
  );
  return { authorization: `Bearer ${key}` };
}
