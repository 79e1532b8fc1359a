import type { TextItem } from 'pdfjs-dist/types/src/display/api';
import { inColumns, type Run } from './columns';

/** A larger gap, in lines, starts a new paragraph. */
const PARAGRAPH_GAP = 1.6;
/** The dot leaders between an entry of a table of contents and its page number. */
const DOT_LEADERS = /(?:\s?\.){5,}\s?/g;
/** Ligatures and the presentation forms of Arabic letters. */
const PRESENTATION = /[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]+/g;

interface Piece {
  text: string;
  left: number;
  /** undefined for blanks, and for text without a position */
  y: number | undefined;
  height: number;
  endsLine: boolean;
}

/** Returns the paragraphs of a page. Adjacent lines are joined, and words hyphenated at a line end are restored. */
export function paragraphsOf(items: readonly TextItem[]): string[] {
  const paragraphs: string[] = [];
  let paragraph = '';
  let line: Piece[] = [];
  let last: Piece | undefined;
  const endLine = () => {
    const text = lineText(line);
    line = [];
    if (text === '') return;
    if (/\p{L}-$/u.test(paragraph) && /^\p{Ll}/u.test(text)) paragraph = paragraph.slice(0, -1) + text;
    else paragraph += paragraph === '' ? text : ` ${text}`;
  };
  const endParagraph = () => {
    endLine();
    if (paragraph !== '') paragraphs.push(paragraph);
    paragraph = '';
  };
  for (const piece of piecesOf(items)) {
    if (piece.y !== undefined) {
      const [before, above] = [last, last?.y];
      if (before && above !== undefined && Math.abs(above - piece.y) > Math.max(piece.height, 1) * PARAGRAPH_GAP) {
        endLine();
        if (!goesOn(paragraph, piece, above)) endParagraph();
      }
      last = piece;
    }
    line.push(piece);
    if (piece.endsLine) endLine();
  }
  endParagraph();
  return paragraphs;
}

/** A sentence that is unfinished at the bottom of a column continues at the top of the next one. */
const goesOn = (paragraph: string, next: Piece, above: number): boolean =>
  next.y !== undefined && next.y > above && /[\p{Ll},;-]$/u.test(paragraph) && /^\p{Ll}/u.test(next.text.trimStart());

function piecesOf(items: readonly TextItem[]): Piece[] {
  const rightToLeft = items.filter(({ dir }) => dir === 'rtl').length > items.length / 2;
  const runs = items.every(isUpright) ? inColumns(runsOf(items), rightToLeft) : undefined;
  if (!runs) {
    return items.map((item) => {
      const place = item.str.trim() === '' ? undefined : placeOf(item);
      return { text: item.str, left: place?.left ?? 0, y: place?.y, height: item.height, endsLine: item.hasEOL };
    });
  }
  return runs.map((run, i) => {
    const next = runs[i + 1];
    const beside = next && Math.abs(next.y - run.y) < run.height / 2 && next.left >= run.right;
    return {
      text: beside ? `${run.text} ` : run.text,
      left: run.left,
      y: run.y,
      height: run.height,
      endsLine: !beside,
    };
  });
}

/** Returns the position of a text, or undefined if it is not laid out in points. */
function placeOf({ transform }: TextItem): { left: number; y: number } | undefined {
  const [left, y]: unknown[] = (transform ?? []).slice(4);
  return typeof left === 'number' && typeof y === 'number' ? { left, y } : undefined;
}

const isUpright = ({ str, transform }: TextItem): boolean =>
  str.trim() === '' || (transform !== undefined && transform[1] === 0 && transform[2] === 0 && transform[0] > 0);

/** Groups adjacent items of one line. */
function runsOf(items: readonly TextItem[]): Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  let blank = '';
  for (const item of items) {
    const place = placeOf(item);
    if (!place || item.str.trim() === '') {
      blank = item.str === '' ? blank : ' ';
      continue;
    }
    const near =
      open && Math.abs(open.y - place.y) < open.height / 2 && Math.abs(place.left - open.right) < open.height;
    if (open && near) {
      open.text += blank + item.str;
      open.right = Math.max(open.right, place.left + item.width);
    } else {
      open = { text: item.str, left: place.left, right: place.left + item.width, y: place.y, height: item.height || 1 };
      runs.push(open);
    }
    blank = '';
  }
  return runs;
}

/** Returns the text of a line. Reverses a right-to-left line whose runs are stored from left to right. */
function lineText(line: readonly Piece[]): string {
  const texts = line.map(({ text }) => text);
  const joined = texts.join('');
  const letters = joined.match(/\p{L}/gu)?.length ?? 0;
  const arabic = joined.match(/[\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}]/gu)?.length ?? 0;
  const placed = line.filter(({ y }) => y !== undefined);
  const ascending = placed.every(({ left }, i) => left >= (placed[i - 1]?.left ?? left));
  const text = arabic > letters / 2 && ascending && placed.length > 1 ? texts.reverse().join('') : joined;
  return text
    .replace(PRESENTATION, (forms) => forms.normalize('NFKC'))
    .trim()
    .replace(DOT_LEADERS, ' … ');
}
