import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { tryJob } from 'batchyard/testing';
import checkWebsite from './check-website';

const server = createServer((request, response) => {
  const status = Number(request.url?.slice(1)) || 200;
  response.writeHead(status, { 'retry-after': '5' }).end('<title>The lamp</title>');
});
let address = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
});

test('returns the status and the title', async () => {
  const { result } = await tryJob(checkWebsite, { url: address });
  assert.equal(result.status, 200);
  assert.equal(result.title, 'The lamp');
});

test('a missing page fails at once, an overloaded site is asked again later', async () => {
  await assert.rejects(tryJob(checkWebsite, { url: `${address}/404` }), { name: 'PermanentError', code: 'http-404' });
  await assert.rejects(tryJob(checkWebsite, { url: `${address}/503` }), { name: 'Error' });
  await assert.rejects(tryJob(checkWebsite, { url: `${address}/429` }), { name: 'RetryLaterError', delayMs: 5000 });
});
