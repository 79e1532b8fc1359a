import type { ServerResponse } from 'node:http';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { extract } from './extract';
import { makePdf } from './fixtures/make-pdf';
import { canRecognize, withRecognizedText } from './recognize';

type Answer = (response: ServerResponse) => void;

interface Call {
  url: string | undefined;
  authorization: string | undefined;
  body: { model: string; messages: { content: { type: string; image_url?: { url: string } }[] }[] };
}

// The environment is read once, so the endpoint must exist before any module of the product is imported.
const endpoint = await vi.hoisted(async () => {
  const { createServer } = await import('node:http');
  const { text } = await import('node:stream/consumers');
  const state = { answers: [] as Answer[], calls: [] as Call[], close: () => {} };
  // The server could close an idle connection just when the client reuses it.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const { url, headers } = request;
    state.calls.push({ url, authorization: headers.authorization, body: JSON.parse(await text(request)) });
    const answer = state.answers.shift();
    if (answer) answer(response);
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  process.env.OCR_BASE_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1/`;
  process.env.OCR_API_KEY = 'sk-test';
  process.env.OCR_MODEL = 'reader';
  state.close = () => server.close();
  return state;
});

afterAll(() => endpoint.close());

beforeEach(() => {
  endpoint.answers = [];
  endpoint.calls = [];
});

const never = new AbortController().signal;
const says =
  (content: string): Answer =>
  (response) =>
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));
const picture = { width: 20, height: 20, gray: new Uint8Array(400).fill(100) };
const scan = { content: 'q 612 0 0 792 0 0 cm /Im Do Q', picture };

const recognized = async (pages: Parameters<typeof makePdf>[0]) =>
  withRecognizedText(await extract(makePdf(pages), 'a.pdf', { pictures: true }), never);

it('puts the recognized text in the place of the picture, and names the pages without text', async () => {
  expect(canRecognize()).toBe(true);
  endpoint.answers = [says('Herons wade.\n\nOtters swim.'), says('-')];
  const document = await recognized([['Before.'], scan, ['After.'], scan]);
  expect(document.blocks.map(({ text }) => text)).toEqual(['Before.', 'Herons wade.', 'Otters swim.', 'After.']);
  expect(document).toMatchObject({
    recognized: 1,
    textless: [4],
    remarks: [{ code: 'pages-without-text', message: expect.stringContaining('Page 4') }],
  });
  const [call] = endpoint.calls;
  expect(call).toMatchObject({
    url: '/v1/chat/completions',
    authorization: 'Bearer sk-test',
    body: { model: 'reader' },
  });
  const image = call?.body.messages[0]?.content.find(({ type }) => type === 'image_url')?.image_url?.url ?? '';
  expect(Buffer.from(image.replace('data:image/png;base64,', ''), 'base64').subarray(1, 4).toString()).toBe('PNG');
});

it('reports the pages on which the model stopped early', async () => {
  endpoint.answers = [
    (response) => response.end('{"choices":[{"message":{"content":"Herons wade"},"finish_reason":"length"}]}'),
  ];
  expect((await recognized([scan])).remarks).toEqual([
    { code: 'recognition-cut', message: expect.stringContaining('page 1.') },
  ]);
});

it('reads a document that has only pictures, and refuses it if they contain no text', async () => {
  endpoint.answers = [says('All of it.'), says('')];
  expect(await recognized([scan])).toMatchObject({ blocks: [{ text: 'All of it.' }], remarks: [] });
  await expect(recognized([scan])).rejects.toMatchObject({ name: 'PermanentError', code: 'no-text-layer' });
});

it.each<[string, Answer, object]>([
  [
    'gives up at once when it is refused',
    (response) => response.writeHead(401).end('{"error":{"message":"Incorrect API key: sk-test"}}'),
    {
      name: 'PermanentError',
      code: 'ocr-refused',
      message: expect.stringContaining('Incorrect API key: [secret OCR_API_KEY]'),
    },
  ],
  ['tries again over an answer that is cut', (response) => response.end('{"choices":['), { code: 'ocr-unavailable' }],
  ['gives up at once over nonsense', (response) => response.end('{}'), { name: 'PermanentError', code: 'ocr-refused' }],
  [
    'comes back when told so',
    (response) => response.writeHead(429, { 'retry-after': '90' }).end(),
    { name: 'RetryLaterError', code: 'ocr-unavailable', delayMs: 90_000 },
  ],
  ['tries again after a failure', (response) => response.writeHead(500).end(), { code: 'ocr-unavailable' }],
  ['tries again when it hangs up', (response) => response.destroy(), { code: 'ocr-unavailable' }],
  [
    'follows no redirect',
    (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    { name: 'PermanentError', code: 'ocr-refused' },
  ],
])('%s', async (_, answer, error) => {
  endpoint.answers = [answer];
  await expect(recognized([['Words.'], scan])).rejects.toMatchObject(error);
  expect(endpoint.calls).toHaveLength(1);
});
