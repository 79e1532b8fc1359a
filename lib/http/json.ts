import { parseJson as parseExactly, stringifyJson } from '@/lib/contracts/json';
import { DomainError } from '@/lib/domain/errors';
import { describePosition, findJsonError } from './json-position';
import { JSON_DEPTH } from './limits';

/** Reads JSON without changing a number. @throws DomainError `invalid-json` saying where */
export function parseJson(text: string, what = 'The body'): unknown {
  if (isTooDeep(text)) {
    throw new DomainError('invalid-json', `${what} nests deeper than ${JSON_DEPTH} levels.`);
  }
  try {
    return parseExactly(text);
  } catch (cause) {
    const position = findJsonError(text);
    const where = position >= text.length ? 'it ends too early' : `at ${describePosition(text, position)}`;
    throw new DomainError('invalid-json', `${what} is not valid JSON: ${where}.`, { cause, extra: { position } });
  }
}

/** An answer of JSON: what `Response.json` gives, but with every digit of a number. */
export const jsonResponse = (body: unknown, init: { status?: number; headers?: HeadersInit } = {}): Response => {
  const headers = new Headers(init.headers);
  headers.set('content-type', 'application/json');
  return new Response(stringifyJson(body), { status: init.status, headers });
};

/** Counts brackets outside strings, which is enough: broken JSON fails in the parser. */
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
