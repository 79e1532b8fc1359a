import { afterAll, describe, expect, it } from 'vitest';
import type { OpenSecret } from '@/lib/domain/secret/open-secrets';
import { startCalls } from './fixtures/start-calls';

const { base, other, hits, call, close } = await startCalls();
afterAll(close);

describe('a secret', () => {
  const value = 'SuperSecretValue77/ü';
  const key = (...hosts: string[]): OpenSecret[] => [{ name: 'KEY', value, hosts }];
  const encoded = encodeURIComponent(value);
  /** headers that the other origin received, if it was called at all */
  const told = () => JSON.stringify(hits.filter((hit) => hit.origin === other));
  const row = (data: object, to: string, status = 302) => ({ ...data, url: `${base}/moved/${status}`, query: { to } });
  const inHeader = { headers: { 'X-Key': '{{secret:KEY}}', 'X-Other': 'o' } };
  const saysOk = { type: 'text/plain', body: 'ok' };

  it('is sent only to its own scheme, host and port', async () => {
    const { code, message } = await call(saysOk, inHeader, key('127.0.0.1'));
    expect([code, hits.length]).toEqual(['secret-not-for-host', 0]);
    expect(message).toBe(`The secret KEY may not be sent to ${base}. It may go to https://127.0.0.1.`);
    expect((await call(saysOk, inHeader, key(other))).code).toBe('secret-not-for-host');
    for (const hosts of [[base], ['*'], [other, base]]) {
      expect((await call(saysOk, { query: { k: '{{secret:KEY}}' } }, key(...hosts))).code).toBe('ok');
      expect(hits[0]?.url).toBe(`/a?${new URLSearchParams({ k: value })}`);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['the path', { url: '/moved/302/{{secret:KEY}}' }],
    ['the query of the address', { url: '/moved/302?k={{secret:KEY}}' }],
    ['the query', { url: '/moved/302', query: { k: 'x{{secret:KEY}}' } }],
    ['JSON', { url: '/moved/307', method: 'POST', json: { a: ['{{secret:KEY}}'] } }],
    ['JSON, dropped on the way', { url: '/moved/303', method: 'POST', json: { a: '{{secret:KEY}}' } }],
    ['a form', { url: '/moved/307', method: 'POST', form: { a: '{{secret:KEY}}' } }],
    ['text', { url: '/moved/307', method: 'PUT', text: 'x {{secret:KEY}}' }],
  ])('in %s is not sent to another origin', async (_, { url, query, ...data }) => {
    const address = `${base}${url}`;
    for (const to of [
      `${other}/leak`,
      `${other}/leak?k=${encodeURIComponent(encoded)}`,
      other.replace('http:', 'https:'),
    ]) {
      const full = { ...data, url: address, query: { ...(query as object), to } };
      for (const hosts of [[base], ['*']]) {
        const { code, message, logs } = await call(saysOk, full, key(...hosts));
        expect([code, told()]).toEqual(['secret-not-for-host', '[]']);
        expect(message + logs.join()).not.toContain('SuperSecret');
      }
      if (to.startsWith('http:')) expect((await call(saysOk, full, key(base, other))).code).toBe('ok');
    }
    const home = { ...data, url: address, query: { ...(query as object), to: '/after' } };
    expect((await call(saysOk, home, key(base))).code).toBe('ok');
  });

  it.each([
    ['as it is', value],
    ['percent-encoded', encoded],
    ['in small letters', encoded.replaceAll(/%../g, (c) => c.toLowerCase())],
    ['twice', encodeURIComponent(encoded)],
    ['each byte', [...Buffer.from(value)].map((b) => `%${b.toString(16)}`).join('')],
    ['Latin-1', `SuperSecretValue77/%fc`],
    ['JSON', 'SuperSecretValue77\\/\\u00fc'],
    ['Base64', Buffer.from(`u:${value}`).toString('base64')],
    ['Base64 for URLs', Buffer.from(value).toString('base64url')],
    ['hex', Buffer.from(value).toString('hex')],
  ])('is not sent to another origin when a server repeats it in a new address: %s', async (_, form) => {
    const header = { headers: { 'X-Key': '{{secret:KEY}}' } };
    const ascii = [{ name: 'KEY', value: 'SuperSecretValue77', hosts: [base] }];
    for (const part of [`/leak?k=${form}`, `/leak/${form}`, `/leak#${form}`]) {
      const to = `${other}${part}`;
      const bare = form.replaceAll(/ü|%fc|%c3%bc/gi, '');
      const { code } = await call(saysOk, { ...row({}, to), query: { to, k: '{{secret:KEY}}' } }, key(base));
      expect([code, told()]).toEqual(['secret-not-for-host', '[]']);
      if (!bare.includes('SuperSecret')) continue;
      expect((await call(saysOk, row(header, to), ascii)).code).toBe('secret-not-for-host');
      expect(told()).toBe('[]');
      expect((await call(saysOk, row(header, `/after?k=${form}`), ascii)).code).toBe('ok');
    }
  });

  it('in a header is dropped when another origin is called, unless the secret names that origin', async () => {
    const ascii = (...hosts: string[]) => [{ name: 'KEY', value: 'SuperSecretValue77', hosts }];
    for (const status of [301, 302, 303, 307, 308]) {
      for (const hosts of [[base], ['*']]) {
        expect((await call(saysOk, row(inHeader, `${other}/next`, status), ascii(...hosts))).code).toBe('ok');
        expect(hits.map((hit) => hit.headers['x-key'])).toEqual(['SuperSecretValue77', undefined]);
        expect(told()).toContain('"x-other":"o"');
      }
      expect((await call(saysOk, row(inHeader, `${other}/next`, status), ascii(base, other))).code).toBe('ok');
      expect(hits.map((hit) => hit.headers['x-key'])).toEqual(['SuperSecretValue77', 'SuperSecretValue77']);
    }
    // After a redirect to another origin and back, the removed headers are not sent again.
    const back = `${other}/moved/302?to=${encodeURIComponent(`${base}/delete-all`)}`;
    expect((await call(saysOk, row(inHeader, back), ascii(base))).code).toBe('ok');
    expect(hits.map((hit) => hit.headers['x-key'])).toEqual(['SuperSecretValue77', undefined, undefined]);
  });

  it('is checked at every redirect', async () => {
    const chain = `/moved/307?to=${encodeURIComponent(`/moved/302?to=${encodeURIComponent(`${other}/leak`)}`)}`;
    const data = { url: `${base}${chain}`, headers: { 'X-A': '1' }, query: { k: '{{secret:KEY}}' } };
    expect((await call(saysOk, data, key(base))).code).toBe('secret-not-for-host');
    expect([hits.length, told()]).toEqual([2, '[]']);
  });

  it.each([
    ['UTF-8', Buffer.from(`a ${value} z`), 'text/plain; charset=utf-8'],
    ['Latin-1', Buffer.from(`a ${value} z`, 'latin1'), 'text/plain; charset=utf-8'],
    ['Latin-1, named', Buffer.from(`a ${value} z`, 'latin1'), 'text/plain; charset=iso-8859-1'],
    ['UTF-16', Buffer.from(`\ufeffa ${value} z`, 'utf16le'), 'text/plain'],
    ['no text', Buffer.concat([Buffer.from([0xff, 0xd8, 0]), Buffer.from(value)]), 'image/jpeg'],
    ['JSON of ASCII', Buffer.from('{"a":"SuperSecretValue77\\/\\u00fc"}'), 'application/json'],
    ['HTML', Buffer.from('<p>SuperSecretValue77/&uuml;&#252;</p>'.replace('&uuml;', '')), 'text/html'],
  ])('is stored nowhere when a server repeats it: %s', async (_, body, type) => {
    const data = { query: { k: '{{secret:KEY}}' }, saveBody: true };
    for (const more of [{}, { extract: { b: 'body' } }, { method: 'POST', acceptStatus: [500] }]) {
      const status = 'method' in more ? 500 : 200;
      const { result, logs, saved, warnings } = await call({ type, body, status }, { ...data, ...more }, key(base));
      expect(saved).toHaveLength(1);
      const all = JSON.stringify([result, logs, warnings]) + saved[0]?.toString('latin1').replaceAll('\0', '');
      expect(all).not.toContain('SuperSecret');
      expect(saved[0]?.toString('latin1').replaceAll('\0', '')).toContain('[secret KEY]');
    }
    const { message, logs } = await call({ type, body, status: 400 }, data, key(base));
    expect(message + logs.join()).not.toContain('SuperSecret');
  });
});
