import { beforeAll, describe, expect, it, vi } from 'vitest';

vi.stubEnv('AUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');

const { isSystemPermission, ROLES, roleHas } = await import('@/lib/contracts/permissions');
const { pool } = await import('@/lib/db/pool');
const { RULES } = await import('@/lib/testing/access-rules');
const { createOrganization } = await import('@/lib/testing/factories');
const { signedIn, withKey } = await import('@/lib/testing/identities');
const { callHandler, offeredCalls } = await import('@/lib/testing/routes');

// Every call that the route files offer × everyone who may send it. What is expected comes from one table of rules.
type Identity = {
  headers: Record<string, string>;
  refusal(rule: Rule, isWrite: boolean, call: string): string | undefined;
};
type Rule = import('@/lib/testing/access-rules').Rule;
type Role = import('@/lib/contracts/permissions').Role;

const calls = await offeredCalls();
const identities: Record<string, Identity> = {};
const SCOPES = ['batch.see', 'batch.cancel', 'audit.see', 'queue.resume'] as const;

/** What is left to people without the second factor that their organization needs. */
const WITHOUT_SECOND_FACTOR = [
  'POST /api/auth/reauthenticate',
  'POST /api/auth/change-password',
  'GET /api/sessions',
  'DELETE /api/sessions',
  'DELETE /api/sessions/{id}',
  'POST /api/organizations/{id}/switch',
];

const unauthenticated = (rule: Rule) => (rule === 'public' ? undefined : 'unauthenticated');
const byRole =
  (
    role: Role,
    {
      systemAdmin = false,
      key = false,
      scopes,
    }: { systemAdmin?: boolean; key?: boolean; scopes?: readonly string[] } = {},
  ) =>
  (rule: Rule) => {
    if (rule === 'public' || rule === 'signed-in') return undefined;
    if (rule === 'session') return key ? 'forbidden' : undefined;
    const mayAll = [rule].flat().every((permission) => {
      if (scopes && !scopes.includes(permission)) return false;
      return isSystemPermission(permission) ? systemAdmin : roleHas(role, permission);
    });
    return mayAll ? undefined : 'forbidden';
  };

/** A page elsewhere cannot read the answers to the owner's browser, but it may ask for them. */
const fromElsewhere = (rule: Rule, isWrite: boolean) =>
  rule !== 'public' && isWrite ? 'bad-origin' : byRole('owner')(rule);

beforeAll(async () => {
  const organizationId = await createOrganization();
  const owner = await signedIn({ organizationId, role: 'owner' });
  // The first characters of the signature are others.
  const forged = (cookie = '') => cookie.replace(/(session_token=[^.]+\.)..../, '$1AAAA');
  const strict = await createOrganization('Needs a second factor');
  await pool().query('update organization set second_factor_required = true where id = $1', [strict]);
  Object.assign(identities, {
    'an owner without the second factor': {
      headers: await signedIn({ organizationId: strict, role: 'owner' }),
      refusal: (rule, _isWrite, call) =>
        rule === 'public' || WITHOUT_SECOND_FACTOR.includes(call) ? undefined : 'second-factor-required',
    },
    'a key where people need a second factor': {
      headers: await withKey({ organizationId: strict, role: 'owner' }),
      refusal: byRole('owner', { key: true }),
    },
    nobody: { headers: {}, refusal: unauthenticated },
    'a revoked key': {
      headers: await withKey({ organizationId, role: 'owner', state: 'revoked' }),
      refusal: unauthenticated,
    },
    'an expired key': {
      headers: await withKey({ organizationId, role: 'owner', state: 'expired' }),
      refusal: unauthenticated,
    },
    'a bad key with a good cookie': { headers: { ...owner, authorization: 'Bearer wrong' }, refusal: unauthenticated },
    'a forged cookie': { headers: { ...owner, cookie: forged(owner.cookie) }, refusal: unauthenticated },
    'a person of no organization': { headers: await signedIn({ organizationId }), refusal: unauthenticated },
    'a page of another site': {
      headers: { ...owner, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      refusal: fromElsewhere,
    },
    'the same host without TLS': {
      headers: { ...owner, origin: 'ftp://localhost:3000', 'sec-fetch-site': 'cross-site' },
      refusal: fromElsewhere,
    },
    'a system administrator': {
      headers: await signedIn({ organizationId, role: 'viewer', systemAdmin: true }),
      refusal: byRole('viewer', { systemAdmin: true }),
    },
    'a key with scopes': {
      headers: await withKey({ organizationId, role: 'owner', scopes: SCOPES }),
      refusal: byRole('owner', { key: true, scopes: SCOPES }),
    },
    'a key whose scopes are beyond its role': {
      headers: await withKey({ organizationId, role: 'viewer', scopes: SCOPES }),
      refusal: byRole('viewer', { key: true, scopes: SCOPES }),
    },
  } satisfies Record<string, Identity>);
  for (const role of ROLES) {
    identities[`the ${role}`] = { headers: await signedIn({ organizationId, role }), refusal: byRole(role) };
    identities[`a key of the ${role}`] = {
      headers: await withKey({ organizationId, role }),
      refusal: byRole(role, { key: true }),
    };
  }
});

/** What a route declares where it can declare less than its rule says; its domain function decides on the rest. */
const DECLARED: Partial<Record<string, string>> = {
  // A scraper may use METRICS_TOKEN instead of a key.
  'GET /metrics': 'public',
  'GET /api/events': 'batch.see',
};

const CODES = ['unauthenticated', 'forbidden', 'bad-origin', 'second-factor-required'];

/** The code of a refusal; undefined for an answer to someone who may. The stream of events is ended. */
async function refusalOf(response: Response): Promise<string | undefined> {
  if (response.headers.get('content-type')?.includes('problem+json')) {
    const { code } = (await response.json()) as { code: string };
    return CODES.includes(code) ? code : undefined;
  }
  await response.body?.cancel();
  return undefined;
}

describe('the rules', () => {
  it('decide on every call of the API, and on no other', () => {
    expect(Object.keys(RULES).sort()).toEqual(calls.map(({ call }) => call).sort());
  });

  it('agree with what each route declares', () => {
    const declared = calls.map(({ call, handler }) => [call, handler.permission ?? 'public']);
    const ruled = calls.map(({ call }) => [call, DECLARED[call] ?? RULES[call]]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(ruled));
  });
});

describe.each(calls)('$call', ({ call, method, path, handler }) => {
  it('answers those who may, and refuses everybody else before it looks at the request', async () => {
    const rule = RULES[call] ?? 'public';
    const isWrite = method !== 'GET';
    const found: Record<string, string | undefined> = {};
    const wanted: Record<string, string | undefined> = {};
    for (const [name, { headers, refusal }] of Object.entries(identities)) {
      const response = await callHandler(handler, method, path, {
        headers: { ...headers, ...(isWrite ? { 'content-type': 'application/json' } : {}) },
        ...(isWrite ? { body: '{}' } : {}),
        id: '00000000-0000-7000-8000-000000000000',
      });
      expect(response.status, `${call} of ${name}`).not.toBe(500);
      found[name] = await refusalOf(response);
      wanted[name] = refusal(rule, isWrite, call);
    }
    expect(found).toEqual(wanted);
  });
});
