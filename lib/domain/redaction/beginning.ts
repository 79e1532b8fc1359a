import { parseJson, stringifyJson } from '@/lib/contracts/json';

/** Characters at the end of a text that was cut: they may be part of something that a pattern would find. */
const UNSURE = 128;

/** The beginning of a JSON text as a complete value, and how many signs were added at its end. */
interface Beginning {
  value: unknown;
  added: number;
}

/**
 * Parses the beginning of a JSON text that was cut anywhere: the last value that is not complete is left out, and of a
 * long text its end. Returns undefined if nothing is complete.
 */
function parseBeginning(text: string): Beginning | undefined {
  const open: string[] = [];
  let cut: { end: number; open: string } | undefined;
  let quote = -1;
  let isKey = false;
  const mark = (end: number) => {
    cut = { end, open: open.toReversed().join('') };
  };
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (quote >= 0) {
      if (sign === '\\') i += 1;
      else if (sign === '"') quote = -1;
    } else if (sign === '"') quote = i;
    else if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? '}' : ']');
      isKey = sign === '{';
      mark(i + 1);
    } else if (sign === '}' || sign === ']') {
      open.pop();
      mark(i + 1);
    } else if (sign === ',') {
      mark(i);
      isKey = open.at(-1) === '}';
    } else if (sign === ':') isKey = false;
  }
  const end = text.length - UNSURE;
  if (quote >= 0 && !isKey && end > quote + 1) {
    const closing = `"${open.toReversed().join('')}`;
    // The cut may lie within an escaped character, which is six characters at most.
    for (let back = 0; back < 6; back += 1) {
      const found = parsed(text.slice(0, end - back), closing);
      if (found) return found;
    }
  }
  return cut && parsed(text.slice(0, cut.end), cut.open);
}

function parsed(text: string, closing: string): Beginning | undefined {
  try {
    return { value: parseJson(text + closing), added: closing.length };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Changes the beginning of a JSON text as a value, and returns it as text again.
 * @param text complete JSON, or its beginning
 */
export function changeBeginning(text: string, isCut: boolean, change: (value: unknown) => unknown): string {
  const found = isCut ? parseBeginning(text) : parsed(text, '');
  if (!found) return '';
  const changed = stringifyJson(change(found.value));
  // A bracket that was only added closes nothing. If what it closed is hidden now, it is not there any more.
  const closing = /["\]}]*$/.exec(changed)?.[0].length ?? 0;
  return isCut ? changed.slice(0, changed.length - Math.min(found.added, closing)) : changed;
}
