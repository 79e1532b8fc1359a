import { expect, it } from 'vitest';
import { parseOutboundRules } from '@/lib/config/outbound';
import { closedAddress } from './address';
import { checkAddress, checkUrl } from './policy';

it.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:a00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '2002:808:808::1',
  '3fff:fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'not an address',
  '',
  '1.2.3',
])('%j is refused', (address) => {
  expect(closedAddress(address)).toMatch(/^an? /);
});

it.each([
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.17',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:4700::1111',
  '2a00:1450:4001:80b::200e',
])('%s is allowed', (address) => {
  expect(closedAddress(address)).toBeUndefined();
});

const nothing = { rules: [] };

it.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://127.0.0.1./',
  'http://１２７.0.0.1/',
  'http://user:pass@example.org/',
  'http://user@example.org/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://example.org/',
  'javascript:alert(1)',
])('%s is refused without a DNS query', (url) => {
  expect(() => checkUrl(nothing, url)).toThrow(expect.objectContaining({ code: 'outbound-refused' }));
});

it.each(['', 'http://', '//example.org', 'http://exa mple.org', 'http://[::1', 'http://1.2.3.4.5/'])(
  '%j is not a valid URL',
  (url) => {
    expect(() => checkUrl(nothing, url)).toThrow(expect.objectContaining({ code: 'invalid-url' }));
  },
);

function rules(text: string) {
  const parsed = parseOutboundRules(text);
  if (!Array.isArray(parsed)) throw new Error(`not a rule: ${parsed.wrong}`);
  return { rules: parsed };
}

it.each([
  ['10.1.0.0/16', 'a.example', 80, '10.1.2.3', true],
  ['10.1.0.0/16', 'a.example', 80, '10.2.0.1', false],
  ['127.0.0.1:8080', '127.0.0.1', 8080, '127.0.0.1', true],
  ['127.0.0.1:8080', '127.0.0.1', 8081, '127.0.0.1', false],
  ['[fd00::5]:443', 'a.example', 443, 'fd00::5', true],
  ['[fd00::5]:443', 'a.example', 80, 'fd00::5', false],
  ['fd00::/8', 'a.example', 80, 'fd12::1', true],
  ['::1', 'a.example', 80, '::1', true],
  ['10.0.0.0/8', 'a.example', 80, '::ffff:10.0.0.1', false],
  ['intranet.example', 'intranet.example', 80, '192.168.0.9', true],
  ['Intranet.Example:81', 'intranet.example', 81, '192.168.0.9', true],
  ['intranet.example', 'evil.intranet.example', 80, '192.168.0.9', false],
  ['*.svc.example', 'a.b.svc.example', 80, '10.0.0.1', true],
  ['*.svc.example', 'svc.example', 80, '10.0.0.1', false],
  ['*.svc.example', 'evilsvc.example', 80, '10.0.0.1', false],
  ['a.example 10.9.9.9, ::1', 'b.example', 80, '10.9.9.9', true],
])('OUTBOUND_ALLOW=%s for %s:%i at %s: %s', (allow, host, port, address, allowed) => {
  const check = () => checkAddress(rules(allow), host, port, address);
  if (allowed) expect(check).not.toThrow();
  else expect(check).toThrow(/may not be called/);
});

it.each([
  '10.0.0.0/33',
  'http://a.example',
  'a.example:0',
  'a.example:99999',
  '::1/129',
  '10.0.0',
  'a b_',
  '10.0.0.1/8/9',
])('OUTBOUND_ALLOW=%s is refused', (allow) => {
  const parsed = parseOutboundRules(allow);
  if (allow === 'a b_') expect(parsed).toEqual({ wrong: 'b_' });
  else expect(parsed).toHaveProperty('wrong');
});

it('ports that are not listed are refused, except of allowed hosts', () => {
  const policy = { ...rules('intranet.example:9000'), ports: [80, 443] };
  expect(() => checkUrl(policy, 'https://example.org/')).not.toThrow();
  expect(() => checkUrl(policy, 'http://intranet.example:9000/')).not.toThrow();
  expect(() => checkUrl(policy, 'http://example.org:25/')).toThrow(/Port 25/);
});
