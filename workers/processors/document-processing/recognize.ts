import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import { must } from '@/lib/contracts/must';
import { retryAfterMs } from '@/lib/contracts/retry-after';
import { jsonOf, wordsOf } from '@/lib/outbound/answer-words';
import { OutboundClient } from '@/lib/outbound/client';
import { OutboundError } from '@/lib/outbound/errors';
import { withoutKey } from '@/lib/outbound/redact';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';
import { Blocks, type PagePicture, type ParsedDocument, withoutText } from './parsed';

const PROMPT =
  'Write down all text that this page of a document shows, in the order of reading, and nothing else. Keep paragraphs apart with an empty line and the cells of a table with " | ". If it shows no text, answer with a single hyphen.';
const TIMEOUT_MS = 120_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Statuses after which the same request may succeed. */
const TRANSIENT = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

const choice = z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() });
const answer = z.object({ choices: z.array(choice).min(1) });

/** The endpoint requested a later retry, or is unreachable. */
class RecognitionBusyError extends Error {
  override name = 'RecognitionBusyError';
  readonly code = 'ocr-unavailable';
}

/** Whether the operator configured an OCR endpoint. */
export const canRecognize = (): boolean => env().OCR_BASE_URL !== undefined;

/**
 * Adds the OCR text of page pictures to a document, at the place of each picture.
 * @throws PermanentError `ocr-refused`, or `no-text-layer` if the pictures have no text either; RetryLaterError
 */
export async function withRecognizedText(document: ParsedDocument, signal: AbortSignal): Promise<ParsedDocument> {
  const { pictures = [], textless = [] } = document;
  const client = clientOf(must(env().OCR_BASE_URL, 'OCR_BASE_URL'));
  const found = new Map<number, string[]>();
  const cutPages: number[] = [];
  try {
    for (const picture of pictures) {
      const { text, cut } = await recognize(client, picture, signal);
      if (cut) cutPages.push(picture.page);
      const paragraphs = text.split(/\n\s*\n/);
      if (paragraphs.some((paragraph) => /[\p{L}\p{N}]/u.test(paragraph))) found.set(picture.page, paragraphs);
    }
  } finally {
    await client.close();
  }
  const blocks = new Blocks();
  const at = (place: number) => pictures.filter((picture) => picture.at === place);
  for (let place = 0; place <= document.blocks.length; place++) {
    for (const { page } of at(place)) for (const paragraph of found.get(page) ?? []) blocks.add(paragraph);
    const block = document.blocks[place];
    if (block) blocks.add(block.text, block.heading);
  }
  if (blocks.list.length === 0) {
    throw new PermanentError('No text was recognized on the pages of the PDF, which are pictures.', 'no-text-layer');
  }
  const left = textless.filter((page) => !found.has(page));
  const others = (document.remarks ?? []).filter(({ code }) => code !== 'pages-without-text');
  const remarks = [
    ...(left.length > 0 ? [withoutText(left)] : []),
    ...(cutPages.length > 0 ? [cutShort(cutPages)] : []),
    ...others,
  ];
  return { ...document, blocks: blocks.list, textless: left, pictures: [], recognized: found.size, remarks };
}

const cutShort = (pages: readonly number[]) => ({
  code: 'recognition-cut',
  message: `The model that reads pictures stopped at the length it may answer with, so text is missing on ${pages.length === 1 ? 'page' : 'pages'} ${pages.slice(0, 20).join(', ')}.`,
});

/** The operator's endpoint may have any address, but redirects are not followed. */
function clientOf(baseUrl: string): OutboundClient {
  const { hostname, port, protocol } = new URL(baseUrl);
  const rules = parseOutboundRules(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`);
  return new OutboundClient({ rules: 'wrong' in rules ? [] : rules });
}

/** @returns the text, and whether the response was truncated at its limit */
async function recognize(
  client: OutboundClient,
  { page, png }: PagePicture,
  signal: AbortSignal,
): Promise<{ text: string; cut: boolean }> {
  const { OCR_BASE_URL: baseUrl = '', OCR_API_KEY: key, OCR_MODEL: model } = env();
  const url = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const content = [
    { type: 'text', text: PROMPT },
    { type: 'image_url', image_url: { url } },
  ];
  const { status, headers, body } = await client
    .request({
      url: `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }], temperature: 0 }),
      signal,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      maxRedirects: 0,
    })
    .then(async (response) => ({ ...response, body: await readText(response.body) }))
    .catch((cause) => {
      if (!(cause instanceof OutboundError)) throw cause;
      throw new RecognitionBusyError(`The text recognition endpoint can't be used: ${cause.message}`, { cause });
    });
  if (status !== 200) throw refusal(status, withoutKey('OCR_API_KEY', key, body), retryAfterMs(headers));
  const json = jsonOf(body);
  if (json === undefined)
    throw new RecognitionBusyError(
      `The text recognition endpoint answered page ${page} with a body that is no JSON, or was cut.`,
    );
  const parsed = answer.safeParse(json);
  if (!parsed.success) {
    throw new PermanentError(
      `The text recognition endpoint answered page ${page} with a body that is no chat completion.`,
      'ocr-refused',
    );
  }
  const [first] = parsed.data.choices;
  return { text: first?.message.content ?? '', cut: first?.finish_reason === 'length' };
}

function refusal(status: number, body: string, wait: number | undefined): Error {
  const message = `The text recognition endpoint answered ${status}${wordsOf(body)}.`;
  if (!TRANSIENT.has(status)) return new PermanentError(message, 'ocr-refused');
  return wait === undefined ? new RecognitionBusyError(message) : new RetryLaterError(message, wait, 'ocr-unavailable');
}
