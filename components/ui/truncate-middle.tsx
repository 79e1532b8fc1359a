import { cn } from './cn';

const graphemes = new Intl.Segmenter();
/** Right-to-left scripts and direction marks. A text with them reads in the wrong order when it is split. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What words and the parts of a file name stand between. */
const BETWEEN = /[\s\-_./]/;
/** How many characters the end may grow by, so that it begins with a whole word. */
const LONGEST_START = 4;
const BREAKS = /[\r\n\v\f\u0085\u2028\u2029]+/g;

/**
 * Splits a text between grapheme clusters, as one line. The second piece has at least `tail` characters, and
 * begins between two words if one begins near. A right-to-left text is not split.
 */
export function splitTail(given: string, tail: number): [start: string, end: string] {
  // A break would put a part of the text over the row below.
  const text = given.replace(BREAKS, ' ');
  const wanted = text.length - tail;
  if (tail === 0 || wanted <= 0 || RIGHT_TO_LEFT.test(text)) return [text, ''];
  const at = graphemes.segment(text).containing(wanted)?.index ?? wanted;
  const word = wordStart(text, at);
  return [text.slice(0, word), text.slice(word)];
}

/** Returns the nearest position at or before `at` where a word ends, or `at` if it is far away. */
function wordStart(text: string, at: number): number {
  for (let place = at; place > Math.max(0, at - LONGEST_START); place--) {
    if (BETWEEN.test(text.charAt(place))) return place;
  }
  return at;
}

interface TruncateMiddleProps {
  text: string;
  /** characters at the end that are always visible */
  tail?: number;
  /** shorter texts are not split */
  least?: number;
  className?: string;
}

/**
 * Truncates a long text in the middle, so that both ends are visible. The title and the clipboard get the whole text. A
 * link around it needs the text as `aria-label`, because screen readers read two pieces as two words.
 */
export function TruncateMiddle({ text, tail = 8, least = tail * 2, className }: TruncateMiddleProps) {
  const [start, end] = splitTail(text, text.length > least ? tail : 0);
  return (
    <span className={cn('flex min-w-0', className)} title={text}>
      {/* The server's segmenter may be of another version, and split at another place. */}
      <span className="truncate whitespace-pre" suppressHydrationWarning>
        {start}
      </span>
      <span className="shrink-0 whitespace-pre" suppressHydrationWarning>
        {end}
      </span>
    </span>
  );
}
