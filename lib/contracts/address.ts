/** A piece of a filled template: text of the template, or the value of a column. */
export interface Piece {
  text: string;
  column?: string;
}

/** A cell, or the template itself, would change the path of the request. */
export class AddressError extends Error {
  override name = 'AddressError';

  constructor(
    readonly code: 'invalid-path-segment' | 'invalid-url',
    message: string,
    /** the column that caused the error; undefined when the template caused it */
    readonly column?: string,
  ) {
    super(message);
  }
}

interface Placed extends Piece {
  from: number;
  to: number;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:[/\\]{2}[^/\\?#]*/i;

/**
 * Joins the pieces of a filled address. The path keeps exactly the segments of its template. A URL parser resolves `.`
 * and `..` (also percent-encoded), treats a backslash as a slash, drops line breaks and does not send the fragment.
 * Without this check, a cell could address another resource, for example delete a list instead of an element.
 * @throws AddressError if a cell or the template would change the path
 */
export function joinAddress(pieces: readonly Piece[]): string {
  const { text, placed } = place(pieces);
  const odd = placed.find((piece) => /\p{Surrogate}|[\t\n\r]/u.test(trimmed(piece, text)));
  if (odd)
    throw wrong('invalid-url', odd, 'holds a line break, a tab, or half of a character, which no address can hold');
  const start = ORIGIN.exec(text)?.[0].length;
  // The address is relative. The caller's URL parser rejects it.
  if (start === undefined) return text;
  const path = /^[^?#]*/.exec(text.slice(start))?.[0] ?? '';
  checkPath(path, start, placed);
  checkFragment(text, placed);
  const [first, second] = placed;
  if (first?.column && first.text.includes('?') && second?.text.startsWith('/')) {
    throw wrong('invalid-url', first, 'holds a “?”, so that the path after it would become part of the query');
  }
  return text;
}

function place(pieces: readonly Piece[]): { text: string; placed: Placed[] } {
  let text = '';
  const placed = pieces.map((piece) => {
    const from = text.length;
    text += piece.text;
    return { ...piece, from, to: text.length };
  });
  return { text, placed };
}

/** Trims the whitespace that a URL parser removes at the start and the end of the whole address. */
function trimmed(piece: Placed, whole: string): string {
  const start = piece.from === 0 ? piece.text.trimStart() : piece.text;
  return piece.to === whole.length ? start.trimEnd() : start;
}

function checkPath(path: string, start: number, placed: readonly Placed[]): void {
  const slash = path.indexOf('\\');
  const slashed = slash >= 0 && placed.find((piece) => piece.from <= start + slash && start + slash < piece.to);
  if (slashed) throw wrong('invalid-path-segment', slashed, 'holds a backslash, which counts as a slash in an address');
  let from = start;
  for (const segment of path.split('/')) {
    const to = from + segment.length;
    const columns = placed.filter((piece) => piece.column !== undefined && piece.from <= to && piece.to >= from);
    if (/^\.\.?$/.test(segment.replaceAll(/%2e/gi, '.'))) {
      const what = `makes “${segment}” of a part of the path, which means another path`;
      throw wrong('invalid-path-segment', columns.find((piece) => piece.text !== '') ?? columns[0], what);
    }
    const empty = columns.find((piece) => piece.text === '');
    if (segment === '' && empty) {
      throw wrong('invalid-path-segment', empty, 'is empty, and leaves out a part of the path');
    }
    from = to + 1;
  }
}

function checkFragment(text: string, placed: readonly Placed[]): void {
  const hash = text.indexOf('#');
  if (hash < 0) return;
  const owner = placed.find((piece) => piece.from <= hash && hash < piece.to);
  const lost = placed.some((piece) => piece.from > hash && (piece.column !== undefined || owner?.column !== undefined));
  if (lost)
    throw wrong(
      'invalid-url',
      owner,
      'holds a “#”, and nothing that follows it is sent; write %23 for the sign itself',
    );
}

function wrong(code: AddressError['code'], piece: Piece | undefined, what: string): AddressError {
  const { column } = piece ?? {};
  const who = column === undefined ? 'The address' : `The column “${column.slice(0, 100)}”`;
  return new AddressError(code, `${who} ${what}.`, column);
}
