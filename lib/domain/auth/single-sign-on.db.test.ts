import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIdentityProvider } from '@/lib/testing/identity-provider';

const ORIGIN = 'http://127.0.0.1:3000';
const provider = await startIdentityProvider({ dashboard: ORIGIN, id: 'company', people: {} });
// Its people need no second factor here; those of the other one do.
const plain = await startIdentityProvider({ dashboard: ORIGIN, id: 'plain', people: {} });
const common = { ...provider.client, issuer: provider.issuer };
process.env.AUTH_SECRET = 'a-secret-for-tests-that-is-long-enough';
process.env.INIT_ADMIN_EMAIL = 'ana@example.com';
process.env.INIT_ADMIN_PASSWORD = 'correct-horse-battery';
process.env.OIDC_PROVIDERS = JSON.stringify([
  {
    ...common,
    id: 'company',
    name: 'Company',
    secondFactor: true,
    domains: { 'example.com': 'main', 'nowhere.example': 'no-such-organization' },
    groups: { 'yard-admins': 'admin', 'yard-owners': 'owner', 'yard-users': 'operator' },
  },
  { ...plain.client, issuer: plain.issuer, id: 'plain', name: 'Plain', domains: { 'example.com': 'main' } },
  { ...common, id: 'away', name: 'Away', issuer: 'http://127.0.0.1:9', domains: { 'example.com': 'main' } },
]);

const route = await import('@/app/api/auth/[...all]/route');
const { authenticateSession } = await import('./authenticate-session');
const { initialize } = await import('@/lib/domain/organization/initialize');
const { pool } = await import('@/lib/db/pool');

beforeAll(initialize);
beforeEach(async () => {
  await pool().query(`delete from "user" where email <> 'ana@example.com'`);
  await pool().query(`delete from account where provider_id <> 'credential'`);
  for (const sub of Object.keys(provider.people)) delete provider.people[sub];
});
afterAll(() => Promise.all([provider.close(), plain.close()]));

const serve = (request: Request): Promise<Response> =>
  route[request.method === 'GET' ? 'GET' : 'POST'](request, { params: Promise.resolve({}) });

/** A browser: it keeps the cookies of each site, and follows redirects itself. */
class Browser {
  readonly #jar = new Map<string, Map<string, string>>();

  cookies(origin: string): string {
    return [...(this.#jar.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const headers = { host: '127.0.0.1:3000', origin: ORIGIN, 'content-type': 'application/json' };
    const request = new Request(url, {
      ...init,
      headers: { ...headers, cookie: this.cookies(origin) },
      redirect: 'manual',
    });
    const response = await (origin === ORIGIN ? serve(request) : fetch(request));
    const jar = this.#jar.get(origin) ?? new Map<string, string>();
    this.#jar.set(origin, jar);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}

/** Signs in at the provider as this person. @returns the address where it ended, and whose session it is */
async function signInAs(sub: string, browser = new Browser(), from = 'company') {
  const body = JSON.stringify({ provider: from, callbackURL: '/batches', errorCallbackURL: '/sign-in?next=%2F' });
  const started = await browser.open(`${ORIGIN}/api/auth/sign-in/social`, { method: 'POST', body });
  let { url } = (await started.json()) as { url: string };
  for (let hops = 0; hops < 10 && URL.canParse(url); hops += 1) {
    const response = await browser.open(url.includes('/choose/') ? `${url}?person=${sub}` : url);
    const location = response.headers.get('location') ?? '';
    // The pages of the dashboard are not served here.
    if (location.startsWith('/') && url.startsWith(ORIGIN)) {
      const { pathname, searchParams } = new URL(location, ORIGIN);
      return { at: pathname, error: searchParams.get('error'), ...(await sessionOf(browser)) };
    }
    url = new URL(location, url).href;
  }
  throw new Error(`The sign-in did not end; it stands at ${url}.`);
}

async function sessionOf(browser: Browser) {
  const session = await authenticateSession(new Headers({ cookie: browser.cookies(ORIGIN) }));
  return { actor: session?.context.actor, lacksSecondFactor: session?.lacksSecondFactor };
}

const rows = async (text: string) => (await pool().query(text)).rows;

describe('single sign-on', () => {
  it('makes an account and a membership with the role of the groups, and keeps no token of the provider', async () => {
    provider.people.ben = {
      email: 'Ben@example.com',
      email_verified: true,
      name: 'Ben\u202e Okafor',
      groups: ['yard-users', 'yard-admins'],
    };
    expect(await signInAs('ben')).toMatchObject({ at: '/batches', actor: { name: 'Ben Okafor', role: 'admin' } });
    expect(await rows(`select email, email_verified from "user" where name = 'Ben Okafor'`)).toEqual([
      { email: 'ben@example.com', email_verified: true },
    ]);
    expect(
      await rows(`select access_token, refresh_token, id_token from account where provider_id = 'company'`),
    ).toEqual([{ access_token: null, refresh_token: null, id_token: null }]);
    expect(await rows(`select action, actor, after from audit where action = 'member.add'`)).toEqual([
      { action: 'member.add', actor: 'single sign-on (company)', after: { role: 'admin' } },
    ]);
  });

  it('follows the groups at each sign-in, and ends a membership that no group allows', async () => {
    provider.people.cy = { email: 'cy@example.com', email_verified: true, groups: ['yard-admins'] };
    await signInAs('cy');
    provider.people.cy.groups = ['yard-users'];
    const browser = new Browser();
    expect((await signInAs('cy', browser)).actor).toMatchObject({ role: 'operator' });
    provider.people.cy.groups = ['others'];
    expect(await signInAs('cy')).toEqual({ at: '/sign-in', error: 'not_in_group', actor: undefined });
    expect((await sessionOf(browser)).actor).toBeUndefined();
    expect(
      await rows(`select m.id from member m join "user" u on u.id = m.user_id where u.email = 'cy@example.com'`),
    ).toEqual([]);
  });

  it('keeps the only owner an owner, whatever the groups say', async () => {
    provider.people.ana = { email: 'ana@example.com', email_verified: true, groups: ['yard-users'] };
    expect((await signInAs('ana')).actor).toMatchObject({ role: 'owner', name: 'Administrator' });
  });

  it('links to an account with the same verified address, which keeps its password', async () => {
    provider.people.ana = { email: 'ANA@example.com', email_verified: true, groups: ['yard-owners'] };
    await signInAs('ana');
    expect(await rows(`select count(*)::int as count from "user"`)).toEqual([{ count: 1 }]);
    expect(await rows(`select provider_id from account order by provider_id`)).toEqual([
      { provider_id: 'company' },
      { provider_id: 'credential' },
    ]);
  });

  it.each([
    ['an address that the provider has not verified', { email: 'eve@example.com' }, 'email_not_verified'],
    [
      'a domain that is not configured',
      { email: 'ana@example.com.evil.example', email_verified: true },
      'not_admitted',
    ],
    [
      'a domain within another address',
      { email: 'ana@example.com@evil.example', email_verified: true },
      'not_admitted',
    ],
    ['an organization that does not exist', { email: 'a@nowhere.example', email_verified: true }, 'not_admitted'],
    ['nobody of the configured groups', { email: 'dan@example.com', email_verified: true }, 'not_in_group'],
  ])('admits nobody with %s, and makes no account', async (_, person, error) => {
    provider.people.eve = { groups: error === 'not_in_group' ? [] : ['yard-owners'], ...person };
    expect(await signInAs('eve')).toEqual({ at: '/sign-in', error, actor: undefined });
    expect(await rows(`select count(*)::int as count from "user"`)).toEqual([{ count: 1 }]);
    expect(await rows(`select provider_id from account`)).toEqual([{ provider_id: 'credential' }]);
    expect(await rows(`select actor, action, after from audit order by id desc limit 1`)).toEqual([
      {
        actor: person.email.toLowerCase(),
        action: 'session.sign-in-failed',
        after: { method: 'single sign-on', provider: 'company', reason: error },
      },
    ]);
  });

  it('does not link to an account whose address was never verified here', async () => {
    await pool().query(
      `insert into "user" (id, name, email, updated_at) values ('dan', 'Dan', 'dan@example.com', now())`,
    );
    provider.people.dan = { email: 'dan@example.com', email_verified: true, groups: ['yard-users'] };
    expect(await signInAs('dan')).toEqual({ at: '/sign-in', error: 'account_not_linked', actor: undefined });
  });

  it('is enough where a second factor is needed, if the provider asks everybody for one', async () => {
    await pool().query('update organization set second_factor_required = true');
    provider.people.ben = { email: 'ben@example.com', email_verified: true, groups: ['yard-users'] };
    plain.people.cy = { email: 'cy@example.com', email_verified: true };
    expect((await signInAs('ben')).lacksSecondFactor).toBe(false);
    expect((await signInAs('cy', new Browser(), 'plain')).lacksSecondFactor).toBe(true);
    await pool().query('update organization set second_factor_required = false');
  });

  it('of a provider that cannot be reached fails alone', async () => {
    const body = JSON.stringify({ provider: 'away', callbackURL: '/', errorCallbackURL: '/sign-in' });
    const answer = await new Browser().open(`${ORIGIN}/api/auth/sign-in/social`, { method: 'POST', body });
    expect(answer.status).toBe(404);
    provider.people.ana = { email: 'ana@example.com', email_verified: true, groups: ['yard-owners'] };
    expect((await signInAs('ana')).at).toBe('/batches');
  });

  it('is not finished by an answer that another browser began', async () => {
    provider.people.ana = { email: 'ana@example.com', email_verified: true, groups: ['yard-owners'] };
    const body = JSON.stringify({ provider: 'company', callbackURL: '/', errorCallbackURL: '/sign-in' });
    const attacker = new Browser();
    const started = await attacker.open(`${ORIGIN}/api/auth/sign-in/social`, { method: 'POST', body });
    const { url } = (await started.json()) as { url: string };
    const state = new URL(url).searchParams.get('state');
    const victim = new Browser();
    const answer = await victim.open(`${ORIGIN}/api/auth/callback/company?code=stolen&state=${state}`);
    expect(answer.headers.get('location')).toContain('error=state_mismatch');
    expect((await sessionOf(victim)).actor).toBeUndefined();
  });
});
