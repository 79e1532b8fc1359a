import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spansOfJson, spansOfProtobuf, type TestSpan } from './otlp-spans';

export type { TestSpan } from './otlp-spans';

export interface OtlpReceiver {
  /** for OTEL_EXPORTER_OTLP_ENDPOINT */
  url: string;
  spans: TestSpan[];
  /** received requests, by content type */
  requests: { path: string | undefined; contentType: string | undefined; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/**
 * A trace collector: receives OTLP over HTTP, in JSON and in protobuf, and stores the spans. `GET /spans` returns them
 * to another process.
 */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: TestSpan[] = [];
  const requests: OtlpReceiver['requests'] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const contentType = request.headers['content-type'];
    requests.push({ path: request.url, contentType, headers: request.headers });
    if (request.method === 'GET' && request.url === '/spans') return void response.end(JSON.stringify(spans));
    if (request.method !== 'POST' || request.url !== '/v1/traces') return void response.writeHead(404).end();
    const body = Buffer.concat(parts);
    if (contentType === 'application/json') {
      spans.push(...spansOfJson(JSON.parse(body.toString())));
      response.writeHead(200, { 'content-type': contentType }).end('{}');
    } else if (contentType === 'application/x-protobuf') {
      spans.push(...spansOfProtobuf(body));
      response.writeHead(200, { 'content-type': contentType }).end();
    } else response.writeHead(415).end();
  };
  // The server could close an idle connection just when the client reuses it.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    take(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
