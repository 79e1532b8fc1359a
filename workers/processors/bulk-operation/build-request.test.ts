import { expect, it } from 'vitest';
import { parseJson } from '@/lib/contracts/json';
import { bulkOperation } from '@/lib/job-types/bulk-operation';
import { Redactor } from '@/lib/outbound/redact';
import { buildRequest } from './build-request';

const refusal = (data: object) => {
  try {
    buildRequest(bulkOperation.input.parse(data), 'job', [], new Redactor([]));
    return undefined;
  } catch (error) {
    return error;
  }
};

it('reports what is wrong with an address, and shows the address as it was given', () => {
  expect(refusal({ url: '{{host}}/x', values: { host: 'nowhere' } })).toMatchObject({
    code: 'invalid-url',
    message: '“{{host}}/x” is no URL that can be called, such as https://api.example.com/users/7.',
  });
});

it('names who can create a missing secret', () => {
  const error = refusal({ url: 'https://example.org/', headers: { authorization: 'Bearer {{secret:NOPE}}' } });
  expect(error).toMatchObject({ code: 'unknown-secret', message: expect.stringContaining('administrator') });
});

it('names the header that a row may not set', () => {
  const parsed = bulkOperation.input.safeParse({ url: 'https://example.org/', headers: { Host: 'x' } });
  expect(parsed.error?.issues[0]).toMatchObject({ path: ['headers'], message: expect.stringContaining('sets Host') });
});

it.each(['.', '..'])('does not call another path than the path of the row: %s', (id) => {
  for (const method of ['GET', 'DELETE']) {
    const row = { url: 'https://example.org/items/{{id}}/notes', method, values: { id } };
    expect(refusal(row)).toMatchObject({ name: 'PermanentError', code: 'invalid-path-segment' });
  }
});

it('adds parameters to the query of an address and keeps the existing ones', () => {
  const data = bulkOperation.input.parse({ url: 'https://example.org/?a=%20b&c&d=+', query: { e: 'x y', f: 2 } });
  expect(buildRequest(data, 'job', [], new Redactor([])).url.href).toBe('https://example.org/?a=%20b&c&d=+&e=x+y&f=2');
});

it.each(['query', 'form', 'text'])('sends no half of a surrogate pair: %s', (part) => {
  const method = part === 'query' ? 'GET' : 'POST';
  const value = part === 'text' ? 'a {{half}}' : { x: '{{half}}' };
  const row = { url: 'https://example.org/', method, [part]: value, values: { half: '\ud83d' } };
  expect(refusal(row)).toMatchObject({ name: 'PermanentError', code: 'invalid-text' });
});

it('prints every digit of a number, in addresses and in bodies', () => {
  const values = parseJson('{"id":9007199254740993,"n":0.1000000000000000055}');
  const row = { url: 'https://example.org/{{id}}', query: { n: '{{n}}' }, method: 'POST', values };
  const built = (more: object) =>
    buildRequest(bulkOperation.input.parse({ ...row, ...more }), 'job', [], new Redactor([]));
  const { url, body } = built({ json: { id: '{{id}}', text: 'n={{n}}', fixed: 2n ** 64n } });
  expect(url.href).toBe('https://example.org/9007199254740993?n=0.1000000000000000055');
  expect(body).toBe('{"id":9007199254740993,"text":"n=0.1000000000000000055","fixed":18446744073709551616}');
  expect(built({ form: { id: '{{id}}' } }).body).toBe('id=9007199254740993');
});
