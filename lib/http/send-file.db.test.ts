import { beforeAll, expect, it } from 'vitest';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createContext } from '@/lib/testing/factories';
import { sendFile } from './send-file';

let context: Context;
let fileId: string;
let etag: string;
const CONTENT = '<!doctype html><script>alert(1)</script>0123456789';

beforeAll(async () => {
  context = await createContext();
  const body = (async function* () {
    yield Buffer.from(CONTENT);
  })();
  const file = await storeFile(context, { name: 'page "1".csv', body });
  ({ fileId } = file);
  etag = `"${file.sha256}"`;
});

const get = (headers: Record<string, string> = {}, as = context) =>
  sendFile(as, fileId, new Request('http://localhost/', { headers }));

it('is a download that no browser renders, whatever its type', async () => {
  const response = await get();
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(CONTENT);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="page _1_.csv"; filename*=UTF-8''page%20%221%22.csv`,
    'content-length': String(CONTENT.length),
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    etag,
  });
});

it.each([
  ['bytes=-10', '0123456789', `bytes ${CONTENT.length - 10}-${CONTENT.length - 1}/${CONTENT.length}`],
  ['bytes=0-8', '<!doctype', `bytes 0-8/${CONTENT.length}`],
])('sends the range %s', async (range, part, told) => {
  const response = await get({ range, 'if-range': etag });
  expect(response.status).toBe(206);
  expect(await response.text()).toBe(part);
  expect(response.headers.get('content-range')).toBe(told);
  expect(response.headers.get('content-length')).toBe(String(part.length));
});

it('answers 416 for an invalid range, 304 if nothing changed, and sends the whole file if it changed', async () => {
  const beyond = await get({ range: 'bytes=5000-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${CONTENT.length}`]);
  expect((await get({ 'if-none-match': etag })).status).toBe(304);
  expect((await get({ range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
});

it('is hidden from another organization', async () => {
  await expect(get({}, await createContext())).rejects.toMatchObject({ code: 'not-found' });
});
