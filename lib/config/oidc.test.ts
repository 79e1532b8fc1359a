import { expect, it } from 'vitest';
import { parseEnv } from './env';

const COMPANY = {
  id: 'company',
  name: 'Company',
  issuer: 'https://id.example.org/realms/main/',
  clientId: 'batchyard',
  clientSecret: 'hush-hush',
  domains: { 'Example.org': 'main' },
};

const parse = (providers: unknown) => parseEnv({ OIDC_PROVIDERS: JSON.stringify(providers) }).OIDC_PROVIDERS;

it('there is no provider by default', () => {
  expect(parseEnv({}).OIDC_PROVIDERS).toEqual([]);
});

it('a provider needs no more than a client and a domain, whose people become viewers', () => {
  expect(parse([COMPANY])).toMatchObject([
    {
      issuer: 'https://id.example.org/realms/main',
      domains: { 'example.org': 'main' },
      role: 'viewer',
      groupsClaim: 'groups',
      emailsAreVerified: false,
      secondFactor: false,
    },
  ]);
});

it.each([
  ['no JSON', '[{', 'must be a JSON array'],
  ['one provider without a list', JSON.stringify(COMPANY), 'expected array'],
  ['an unknown role', JSON.stringify([{ ...COMPANY, groups: { a: 'king' } }]), '0.groups.a'],
  ['an unknown field', JSON.stringify([{ ...COMPANY, group: {} }]), 'Unrecognized key'],
  ['a domain that is none', JSON.stringify([{ ...COMPANY, domains: { '@example.org': 'main' } }]), '0.domains'],
  ['no domain', JSON.stringify([{ ...COMPANY, domains: {} }]), 'must name a domain'],
  ['an address that is not of the web', JSON.stringify([{ ...COMPANY, issuer: 'ldap://id' }]), '0.issuer'],
  ['an id twice', JSON.stringify([COMPANY, COMPANY]), 'the same id'],
])('a configuration with %s stops the start with the reason, and no secret is repeated', (_, text, reason) => {
  const start = () => parseEnv({ OIDC_PROVIDERS: text });
  expect(start).toThrow('OIDC_PROVIDERS');
  expect(start).toThrow(reason);
  expect(start).not.toThrow('hush-hush');
});

it('names of trusted proxies are addresses and networks', () => {
  expect(parseEnv({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).TRUSTED_PROXIES).toEqual([
    { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
    { address: '::1', prefix: 128, family: 'ipv6' },
  ]);
  expect(() => parseEnv({ TRUSTED_PROXIES: 'proxy.example.org' })).toThrow('TRUSTED_PROXIES');
});
