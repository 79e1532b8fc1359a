import { EventLoop } from '@/lib/config/event-loop';
import { holdsMore, parseJson as parseExactly, stringifyJson } from '@/lib/contracts/json';
import { describePosition, findJsonMistake, type JsonMistake, walkToJsonMistake } from '@/lib/contracts/json-position';
import { DomainError } from '@/lib/domain/errors';
import { parseInSlices, TooDeep, TooManyValues } from './json-slices';
import { DATA_VALUES, JSON_DEPTH } from './limits';

/** Parses a short text, such as a parameter, with every digit. @throws DomainError `invalid-json` with the position */
export function parseJson(text: string, what = 'The body'): unknown {
  if (isTooDeep(text)) throw tooDeep(what);
  try {
    return parseExactly(text);
  } catch (cause) {
    throw notJson(text, findJsonMistake(text), what, cause);
  }
}

/** Returns a response with JSON, like `Response.json`, but with every digit of a number. */
export const jsonResponse = (
  body: unknown,
  { status = 200, headers: given = {} }: { status?: number | undefined; headers?: HeadersInit | undefined } = {},
): Response => {
  const headers = new Headers(given);
  headers.set('content-type', 'application/json');
  return new Response(stringifyJson(body), { status, headers });
};

/** Maximum characters that are parsed without a pause, because a pause would cost more. */
const SHORT = 32 * 1024;

/**
 * Parses a text of any length with pauses.
 * @param maxValues maximum number of members and items over all levels
 * @throws DomainError `invalid-json` with the position, `payload-too-large`
 */
export async function parseLongJson(text: string, what: string, maxValues: number): Promise<unknown> {
  if (text.length <= SHORT) return parseJson(text, what);
  try {
    return await parseInSlices(text, { parse: parseExactly, maxDepth: JSON_DEPTH, maxValues });
  } catch (cause) {
    if (cause instanceof TooDeep) throw tooDeep(what);
    if (cause instanceof TooManyValues) throw tooManyValues(what, maxValues);
    const walk = walkToJsonMistake(text);
    const eventLoop = new EventLoop();
    await eventLoop.yield();
    let step = walk.next();
    for (; !step.done; step = walk.next()) if (eventLoop.due) await eventLoop.yield();
    throw notJson(text, step.value, what, cause);
  }
}

export const tooManyValues = (what: string, maxValues: number): DomainError =>
  new DomainError(
    'payload-too-large',
    `${what} holds more than ${maxValues.toLocaleString('en')} values, the most that are taken here.`,
  );

/** Returns an error message if an item of a long list has more members and items than the data of a job may have. */
export const tooManyInside = (value: unknown): string | undefined =>
  holdsMore(value, DATA_VALUES) ? `holds more than ${DATA_VALUES.toLocaleString('en')} values` : undefined;

const tooDeep = (what: string): DomainError =>
  new DomainError('invalid-json', `${what} nests deeper than ${JSON_DEPTH} levels.`);

function notJson(text: string, mistake: JsonMistake | undefined, what: string, cause: unknown): DomainError {
  const position = mistake?.at ?? text.length;
  const where = position >= text.length ? 'it ends too early' : `at ${describePosition(text, position)}`;
  return new DomainError('invalid-json', `${what} is not valid JSON: ${where}.`, { cause, extra: { position } });
}

/** Counts brackets outside strings. This is sufficient, because invalid JSON fails in the parser. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === 0x22) quoted = !quoted;
    else if (quoted) i += c === 0x5c ? 1 : 0;
    else if (c === 0x5b || c === 0x7b) {
      depth += 1;
      if (depth > JSON_DEPTH) return true;
    } else if (c === 0x5d || c === 0x7d) depth -= 1;
  }
  return false;
}
