import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '@/lib/contracts/json';
import { startCalls } from './fixtures/start-calls';

const { base, hits, call, close } = await startCalls();
afterAll(close);

const JSON_TYPE = 'application/json';

describe('an answer whose content type is JSON', () => {
  it.each([
    ['cut', JSON_TYPE, '{"a":1,"b":'],
    ['a page', JSON_TYPE, '<html>busy</html>'],
    ['empty', JSON_TYPE, ''],
    ['blank', JSON_TYPE, ' \n'],
    ['words', 'application/json; charset=utf-8', 'ok'],
    ['two values', JSON_TYPE, '{"a":1}{"a":2}'],
    ['single quotes', JSON_TYPE, "{'a':1}"],
    ['a problem', 'application/problem+json', '{"title":'],
    ['of a vendor', 'application/vnd.api+json;ext=x', '{"data":[1,2'],
    ['old names', 'text/json', '{'],
    ['capitals', 'Application/JSON', '{'],
    ['lines, one cut', 'application/x-ndjson', '{"a":1}\n{"a":'],
    ['lines', 'application/jsonl', 'a\n'],
    ['a sequence', 'application/json-seq', '\u001e{"a":1}\n\u001e{"a"'],
  ])('fails if it is not JSON, with or without output columns: %s', async (_, type, body) => {
    for (const data of [{}, { extract: { a: '$.a' } }, { extract: { s: 'status' } }]) {
      const { code, kind, message } = await call({ type, body }, data);
      expect([code, kind]).toEqual(['invalid-json-answer', 'TransientError']);
      expect(message).toContain(`answered 200 and says that it is JSON (${type})`);
    }
  });

  it('is kept with a warning if the row allows it', async () => {
    const { result, codes } = await call({ type: JSON_TYPE, body: 'ok' }, { acceptInvalidJson: true });
    expect([result?.body, codes]).toEqual(['ok', ['invalid-json-answer']]);
  });

  it.each([
    ['plain', JSON_TYPE, '{"a":1}'],
    ['with a byte order mark', JSON_TYPE, '\ufeff{"a":1}'],
    ['in UTF-16, with a mark', JSON_TYPE, Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['in a charset', 'application/json; charset=utf-16le', Buffer.from('{"a":1}', 'utf16le')],
    ['in an unknown charset', 'application/json; charset=nonsense', '{"a":1}'],
    ['without a type', undefined, '{"a":1}'],
    ['called text', 'text/plain', '{"a":1}'],
  ])('is read: %s', async (_, type, body) => {
    const { result, code, codes } = await call({ type, body }, { extract: { a: '$.a' } });
    expect([code, result?.columns, codes]).toEqual(['ok', { a: 1 }, []]);
  });

  it('keeps the digits of its numbers, as a whole and in columns', async () => {
    const body = '{"id":9007199254740993,"list":[{"n":0.1000000000000000055},{"n":1e400}]}';
    const whole = await call({ type: JSON_TYPE, body });
    expect(stringifyJson(whole.result?.body)).toBe(body);
    const columns = await call({ type: JSON_TYPE, body }, { extract: { id: '$.id', n: '$.list[*].n' } });
    expect(stringifyJson(columns.result?.columns)).toBe('{"id":9007199254740993,"n":[0.1000000000000000055,1e400]}');
  });

  it('may be empty with statuses that have no body', async () => {
    for (const status of [204, 205]) {
      expect((await call({ status, type: JSON_TYPE })).code).toBe('ok');
      expect(await call({ status, type: JSON_TYPE }, { extract: { a: '$.a' } })).toMatchObject({
        code: 'ok',
        result: { columns: { a: null } },
        codes: ['extracted-nothing'],
      });
    }
    expect((await call({ type: JSON_TYPE }, { method: 'HEAD' })).code).toBe('ok');
  });

  it('fails with its status when the status is an error', async () => {
    expect((await call({ status: 404, type: JSON_TYPE, body: '<p>' })).code).toBe('http-404');
    const accepted = { acceptStatus: [404], extract: { a: '$.a' } };
    expect((await call({ status: 404, type: JSON_TYPE, body: '<p>' }, accepted)).code).toBe('invalid-json-answer');
    expect(await call({ status: 404, type: 'text/html', body: '<p>' }, accepted)).toMatchObject({
      code: 'ok',
      result: { columns: { a: null } },
      codes: ['answer-not-json', 'extracted-nothing'],
    });
  });
});

describe('an answer with output columns', () => {
  it.each([
    ['text/html', '<html>sign in</html>'],
    ['text/plain', 'busy'],
    [undefined, ''],
  ])('fails if it is not JSON: %s', async (type, body) => {
    const data = { extract: { a: '$.a', s: 'status' } };
    const { code, kind } = await call({ type, body }, data);
    expect([code, kind]).toEqual(['answer-not-json', 'TransientError']);
    expect((await call({ type, body }, { extract: { s: 'status', b: 'body' } })).code).toBe('ok');
  });

  it('returns JSON lines as a list', async () => {
    const extract = { first: '$[0].a', all: '$[*].a' };
    const lines = await call({ type: 'application/x-ndjson', body: '{"a":1}\r\n\n{"a":2}\n' }, { extract });
    expect(lines.result?.columns).toEqual({ first: 1, all: [1, 2] });
    const sequence = await call({ type: 'application/json-seq', body: '\u001e{"a":1}\n' }, { extract });
    expect(sequence.result?.columns).toEqual({ first: 1, all: [1] });
  });

  it('reports which columns are empty and which were truncated', async () => {
    const body = JSON.stringify({ a: null, list: [], long: 'x'.repeat(70_000) });
    const extract = { a: '$.a', list: '$.list[*].b', typo: '$.A', tag: 'header:etag', long: '$.long' };
    const { result, warnings } = await call({ type: JSON_TYPE, body }, { extract });
    expect(result?.columns).toMatchObject({ a: null, list: [], typo: null, tag: null });
    expect(warnings).toEqual([
      { code: 'extracted-nothing', message: 'The answer has nothing for typo ($.A), tag (header:etag): left empty.' },
      { code: 'cut', message: 'Longer than 65536 characters, and cut there: long.' },
    ]);
  });
});

describe('the text of an answer', () => {
  it('is decoded by its declared or required encoding, and a guess is reported', async () => {
    const latin = (type: string, body: string) => ({ type, body: Buffer.from(body, 'latin1') });
    const page = '<html><head><meta charset="iso-8859-1"></head>Jos\u00e9</html>';
    expect(await call(latin('text/html', page))).toMatchObject({ codes: [], result: { body: page } });
    expect(await call(latin('application/json; charset=iso-8859-1', '{"n":"Jos\u00e9"}'))).toMatchObject({
      codes: [],
      result: { body: { n: 'Jos\u00e9' } },
    });
    expect(await call(latin(JSON_TYPE, '{"n":"Jos\u00e9"}'))).toMatchObject({
      codes: ['encoding-assumed'],
      result: { body: { n: 'Jos\u00e9' } },
    });
    expect((await call(latin(JSON_TYPE, '{"n":"Jos\u00e9"}'), { extract: { s: 'status' } })).codes).toEqual([]);
  });

  it('is reported when it is truncated', async () => {
    const { result, codes } = await call({ type: 'text/plain', body: 'x'.repeat(70_000) });
    expect([String(result?.body).length, result?.truncated, codes]).toEqual([65_536, true, ['cut']]);
  });

  it('is decompressed, and fails if it cannot be', async () => {
    const packed = { type: JSON_TYPE, headers: { 'content-encoding': 'gzip' } };
    expect(await call({ ...packed, body: gzipSync('{"a":1}') })).toMatchObject({ result: { body: { a: 1 } } });
    expect(await call({ ...packed, body: gzipSync('{"a":1}').subarray(0, -9) })).toMatchObject({
      code: 'unreachable',
      kind: 'TransientError',
    });
    expect(await call({ type: JSON_TYPE, headers: { 'content-encoding': 'zstd' }, body: '{"a":1}' })).toMatchObject({
      code: 'unsupported-encoding',
      kind: 'PermanentError',
    });
  });
});

describe('a redirect', () => {
  const post = { method: 'POST', json: { a: 1 } };
  it.each([301, 302])('after a POST with %s fails unless the row allows a GET', async (status) => {
    const moved = { ...post, url: `${base}/moved/${status}` };
    const { code, kind, message } = await call({ body: 'ok' }, moved);
    expect([code, kind, hits.length]).toEqual(['method-changed', 'PermanentError', 1]);
    expect(message).toContain(`answered POST with a redirect (${status}) that would make it a GET`);
    expect(await call({ body: 'ok' }, { ...moved, followAsGet: true })).toMatchObject({ code: 'ok', codes: [] });
    expect(hits.map((h) => h.method)).toEqual(['POST', 'GET']);
  });

  it('with 303 is followed with a GET, which is reported', async () => {
    const { code, warnings } = await call({ body: 'ok' }, { ...post, url: `${base}/moved/303` });
    expect([code, warnings.map((w) => w.code), hits.map((h) => h.method)]).toEqual([
      'ok',
      ['followed-as-get'],
      ['POST', 'GET'],
    ]);
  });

  it('with 307 and 308 keeps method and body', async () => {
    for (const status of [307, 308]) {
      expect((await call({ body: 'ok' }, { ...post, url: `${base}/moved/${status}` })).codes).toEqual([]);
      expect(hits.map((h) => [h.method, h.body])).toEqual([
        ['POST', '{"a":1}'],
        ['POST', '{"a":1}'],
      ]);
    }
    expect(await call({ body: 'ok' }, { url: `${base}/moved/302` })).toMatchObject({ code: 'ok', codes: [] });
  });

  it('is accepted as the answer if the row allows it', async () => {
    const { result } = await call({}, { ...post, url: `${base}/moved/302`, maxRedirects: 0, acceptStatus: [302] });
    expect(result?.status).toBe(302);
  });
});

describe('Retry-After', () => {
  it.each(['0', '-5', 'soon', 'Wed, 31 Dec 2025 00:00:00 GMT'])('is ignored if its value is %s', async (value) => {
    const { code, kind } = await call({ status: 429, headers: { 'retry-after': value } });
    expect([code, kind]).toEqual(['http-429', 'TransientError']);
  });

  it('is used if its time is in the future', async () => {
    const { kind } = await call({ status: 503, headers: { 'retry-after': '2' } });
    expect(kind).toBe('RetryLaterError');
  });
});

describe('an answer that says how many tokens it used', () => {
  it('is a cost of the attempt, also if the attempt fails', async () => {
    const body = '{"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25}}';
    expect(await call({ type: JSON_TYPE, body })).toMatchObject({ code: 'ok', costs: [25] });
    expect(await call({ type: JSON_TYPE, body, status: 500 })).toMatchObject({ code: 'http-500', costs: [25] });
    expect(await call({ type: JSON_TYPE, body: '{"usage":"high"}' })).toMatchObject({ code: 'ok', costs: [] });
  });
});
