import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { BrowserContext, Response as PageResponse } from '@playwright/test';
import { AnswerCheck } from '@/lib/testing/answer-check';
import type { Product } from './products';

/** The workers of a run are processes of their own; each adds a line for an operation that it is the first to meet. */
const MET = 'test-results/openapi-met.txt';
const ALL = 'test-results/openapi-all.txt';

const checks = new Map<string, Promise<AnswerCheck>>();

/** The check against the document that a product serves; fetched once. */
export function checkOf({ url, apiKey }: Product): Promise<AnswerCheck> {
  const known = checks.get(url);
  if (known) return known;
  const made = fetch(`${url}/api/openapi.json`, { headers: { authorization: `Bearer ${apiKey}` } })
    .then((response) => response.json())
    .then((document) => new AnswerCheck(document));
  checks.set(url, made);
  return made;
}

/** Returns whether a content type means one JSON value; `application/x-ndjson` does not. */
export const isJson = (contentType: string | null): boolean => /[/+]json$/.test(contentType?.split(';', 1)[0] ?? '');

/** @returns how an answer to a program differs from the document; undefined where it agrees */
export async function differs(product: Product, method: string, response: Response): Promise<string | undefined> {
  const check = await checkOf(product);
  const contentType = response.headers.get('content-type');
  const { pathname } = new URL(response.url);
  const body = isJson(contentType) ? await response.clone().text() : undefined;
  return compare(check, { method, path: pathname, status: response.status, contentType, body });
}

/** Compares every answer that the pages of a browser get. @returns ends the watch with what differed */
export function watchPages(context: BrowserContext, product: Product): () => Promise<string[]> {
  const pending: Promise<string | undefined>[] = [];
  const listen = (response: PageResponse) => {
    if (new URL(response.url()).origin === new URL(product.url).origin) pending.push(differsOnPage(product, response));
  };
  context.on('response', listen);
  return async () => {
    context.off('response', listen);
    return (await Promise.all(pending)).filter((reason) => reason !== undefined);
  };
}

async function differsOnPage(product: Product, response: PageResponse): Promise<string | undefined> {
  const check = await checkOf(product);
  const contentType = response.headers()['content-type'] ?? null;
  // A page that is left takes the bodies of its answers with it: status and content type are compared all the same.
  const body = isJson(contentType) ? await response.text().catch(() => undefined) : undefined;
  const { pathname } = new URL(response.url());
  return compare(check, {
    method: response.request().method(),
    path: pathname,
    status: response.status(),
    contentType,
    body,
  });
}

function compare(check: AnswerCheck, answer: Parameters<AnswerCheck['differs']>[0]): string | undefined {
  const before = check.met.size;
  const reason = check.differs(answer);
  if (check.met.size > before) {
    mkdirSync('test-results', { recursive: true });
    appendFileSync(MET, `${[...check.met].at(-1)}\n`);
    if (!existsSync(ALL)) appendFileSync(ALL, check.operations.join('\n'));
  }
  return reason;
}

/** Forgets the operations that an earlier run met. */
export function forgetMet(): void {
  for (const file of [MET, ALL]) rmSync(file, { force: true });
}

/** Prints how many operations of the document the journeys met, and the names of those that they never met. */
export function reportMet(): void {
  if (!existsSync(ALL)) return;
  const met = new Set(readFileSync(MET, 'utf8').split('\n'));
  const all = readFileSync(ALL, 'utf8').split('\n');
  const never = all.filter((operation) => !met.has(operation));
  console.log(`OpenAPI: the journeys met ${all.length - never.length} of ${all.length} operations.`);
  if (never.length > 0) console.log(`  never met: ${never.join(', ')}`);
}
