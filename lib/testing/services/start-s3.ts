import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

interface Bucket {
  name: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * An in-memory S3 bucket over HTTP. It verifies each request's signature (version 4) and content hash, and serves
 * ranges. Path-style addresses only.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export async function startS3(bucket: Bucket) {
  const objects = new Map<string, Buffer>();
  // The server could close an idle connection just when the client reuses it.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const body = await buffer(request);
    const refusal = refusalOf(request, body, bucket);
    if (refusal) return refuse(response, 403, refusal);
    const { pathname } = new URL(request.url ?? '/', 'http://s3');
    const [, name, ...rest] = pathname.split('/');
    if (name !== bucket.name) return refuse(response, 404, 'NoSuchBucket');
    answer(request, response, objects, rest.join('/'), body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the bucket has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    objects,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  objects: Map<string, Buffer>,
  key: string,
  body: Buffer,
): void {
  if (request.method === 'PUT') {
    objects.set(key, body);
    response.writeHead(200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
    return;
  }
  if (request.method === 'DELETE') {
    objects.delete(key);
    response.writeHead(204).end();
    return;
  }
  const object = objects.get(key);
  if (!object) {
    refuse(response, 404, 'NoSuchKey');
    return;
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined || last === undefined) {
    response.writeHead(200, { 'content-length': object.length }).end(object);
    return;
  }
  const part = object.subarray(Number(first), Number(last) + 1);
  if (part.length === 0) {
    refuse(response, 416, 'InvalidRange');
    return;
  }
  const range = `bytes ${first}-${Number(first) + part.length - 1}/${object.length}`;
  response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Returns the S3 error code of a request that fails verification. */
function refusalOf(request: IncomingMessage, body: Buffer, bucket: Bucket): string | undefined {
  const [, id, date, region, names, given] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (!id || !date || !region || !names || !given) return 'AccessDenied';
  if (id !== bucket.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== bucket.region) return 'AuthorizationHeaderMalformed';
  const header = (name: string) => String(request.headers[name] ?? '').trim();
  const hash = header('x-amz-content-sha256');
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const query = [...searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const canonical = [
    request.method,
    pathname,
    query.join('&'),
    ...names.split(';').map((name) => `${name}:${header(name)}`),
    '',
    names,
    hash,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const signed = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${bucket.secretAccessKey}`, date), region), 's3'), 'aws4_request');
  return timingSafeEqual(hmac(key, signed), Buffer.from(given, 'hex')) ? undefined : 'SignatureDoesNotMatch';
}
