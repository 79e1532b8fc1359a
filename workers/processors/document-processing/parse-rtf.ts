import { canonicalEncoding } from '@/lib/contracts/encoding';
import { decodeAs } from '@/workers/processors/encoding/decode-as';
import { Blocks, type Parse } from './parsed';

/** Groups without text of the document. */
const DROPPED = new Set(
  'colortbl stylesheet pict objdata fldinst themedata colorschememapping datastore listtable listoverridetable rsidtbl generator xmlnstbl latentstyles pgptbl bkmkstart bkmkend nonshppict datafield mmathPr atnid atnauthor atnref atntime filetbl revtbl operator author company keywords comment doccomm creatim revtim printim'.split(
    ' ',
  ),
);
/** Groups that are marked as skippable but contain text. */
const READ_ANYWAY = new Set('shptxt shpinst annotation footnote upr ud shppict'.split(' '));
/** Groups that form paragraphs, and groups inside of a paragraph. */
const APART = new Set('header headerl headerr headerf footer footerl footerr footerf'.split(' '));
const WITHIN = new Set(['footnote', 'annotation']);
const SIGNS: Readonly<Record<string, string>> = {
  tab: ' ',
  line: '\n',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
  '~': ' ',
  _: '-',
};
/** Encodings by the Windows charset number of a font. */
const CHARSETS: Readonly<Record<number, string>> = {
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gb18030',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
  254: 'cp437',
};
const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\/gi;
const MAX_DEPTH = 10_000;

interface State {
  dropped: boolean;
  font: number;
  /** fallback characters after a Unicode character, for older programs */
  fallback: number;
  inTitle: boolean;
  inFonts: boolean;
  hidden: boolean;
  /** the role of its group */
  beside: 'apart' | 'within' | undefined;
}

/** Parses RTF: paragraphs, tables, notes, headers and footers, in the encodings of its fonts. */
export const parseRtf: Parse = async (bytes) => {
  const reader = new Reader();
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  // Each document needs its own instance: others may be parsed during the pauses.
  const token = new RegExp(TOKEN);
  let turns = 0;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const [, word, number, hex, symbol, brace, text] = match;
    if (brace) reader.brace(brace);
    else if (word === 'bin') token.lastIndex += Math.max(0, Number(number ?? 0));
    else if (word) reader.word(word.toLowerCase(), number === undefined ? undefined : Number(number));
    else if (hex) reader.byte(Number.parseInt(hex, 16));
    else if (symbol) reader.symbol(symbol);
    else if (text) reader.text(text);
    if (++turns % 20_000 === 0) await new Promise(setImmediate);
  }
  reader.finish();
  return { format: 'rtf', title: reader.title.trim() || undefined, blocks: reader.blocks.list };
};

class Reader {
  readonly blocks = new Blocks();
  title = '';
  #state: State = {
    dropped: false,
    font: 0,
    fallback: 1,
    inTitle: false,
    inFonts: false,
    hidden: false,
    beside: undefined,
  };
  readonly #outer: State[] = [];
  readonly #fonts = new Map<number, string>();
  #encoding = 'windows-1252';
  #paragraph = '';
  #rows: string[] = [];
  #inTable = false;
  #bytes: number[] = [];
  #skip = 0;
  #starred = false;

  brace(brace: string): void {
    this.#decode();
    this.#starred = false;
    this.#skip = 0;
    if (brace === '{') {
      if (this.#outer.length < MAX_DEPTH) this.#outer.push({ ...this.#state });
      return;
    }
    const { beside } = this.#state;
    this.#state = this.#outer.pop() ?? this.#state;
    if (beside !== this.#state.beside) this.#part(beside);
  }

  word(word: string, number: number | undefined): void {
    this.#decode();
    if (word === 'u') this.#unicode(number ?? 0);
    else this.#control(word, number);
  }

  #control(word: string, number: number | undefined): void {
    const starred = this.#starred;
    this.#starred = false;
    const state = this.#state;
    if (DROPPED.has(word) || (starred && !READ_ANYWAY.has(word))) state.dropped = true;
    else if (APART.has(word)) this.#besides('apart');
    else if (WITHIN.has(word)) this.#besides('within');
    else if (word === 'fonttbl') state.inFonts = true;
    else if (word === 'title') state.inTitle = true;
    else if (word === 'f') state.font = number ?? 0;
    else if (word === 'fcharset') this.#fonts.set(state.font, CHARSETS[number ?? 0] ?? this.#encoding);
    else if (word === 'ansicpg') this.#encoding = canonicalEncoding(`cp${number}`) ?? this.#encoding;
    else if (word === 'mac') this.#encoding = 'macintosh';
    else if (word === 'pc') this.#encoding = 'cp437';
    else if (word === 'pca') this.#encoding = 'cp850';
    else if (word === 'uc') state.fallback = number ?? 1;
    else if (word === 'v' || word === 'deleted') state.hidden = number !== 0;
    else if (word === 'plain') state.hidden = false;
    else if (word === 'intbl') this.#inTable = true;
    else if (word === 'pard') this.#inTable = false;
    else if (word === 'par' || word === 'sect' || word === 'page') this.#endParagraph();
    else if (word === 'cell' || word === 'nestcell') this.#add(' | ');
    else if (word === 'row' || word === 'nestrow') this.#endRow();
    else if (SIGNS[word]) this.#add(SIGNS[word]);
  }

  /** Separates the words of a header or a note from the adjacent ones. */
  #part(beside: State['beside']): void {
    if (beside === 'apart' && !this.#inTable) this.#endParagraph();
    else if (beside) this.#add(' ');
  }

  #besides(beside: 'apart' | 'within'): void {
    this.#part(beside);
    this.#state.beside = beside;
  }

  symbol(symbol: string): void {
    if (symbol === '*') this.#starred = true;
    else if (symbol === '\n' || symbol === '\r') this.word('par', undefined);
    else if (symbol === '\\' || symbol === '{' || symbol === '}') this.text(symbol);
    else if (SIGNS[symbol]) this.#add(SIGNS[symbol]);
  }

  byte(byte: number): void {
    if (this.#skip > 0) this.#skip--;
    else this.#bytes.push(byte);
  }

  text(text: string): void {
    const skipped = Math.min(this.#skip, text.length);
    this.#skip -= skipped;
    // The second byte of a Chinese or Japanese character may be the code of a letter.
    for (const sign of text.slice(skipped)) this.#bytes.push(sign.charCodeAt(0));
    if (!/[\x80-\xff]/.test(text) && this.#bytes.length > 64 * 1024) this.#decode();
  }

  finish(): void {
    this.#endParagraph();
    this.#endTable();
  }

  #unicode(code: number): void {
    this.#add(String.fromCharCode(code & 0xffff));
    this.#skip = this.#state.fallback;
  }

  #decode(): void {
    if (this.#bytes.length === 0) return;
    const bytes = Buffer.from(this.#bytes);
    this.#bytes = [];
    this.#add(decodeAs(bytes, this.#fonts.get(this.#state.font) ?? this.#encoding));
  }

  #add(text: string): void {
    if (this.#state.inTitle) this.title += text;
    else if (!this.#state.dropped && !this.#state.hidden && !this.#state.inFonts) this.#paragraph += text;
  }

  #endParagraph(): void {
    this.#decode();
    if (this.#inTable) {
      this.#paragraph += ' ';
      return;
    }
    this.#endTable();
    this.blocks.add(this.#paragraph);
    this.#paragraph = '';
  }

  #endRow(): void {
    this.#rows.push(
      this.#paragraph
        .replace(/\s+/g, ' ')
        .replace(/ \| *$/, '')
        .trim(),
    );
    this.#paragraph = '';
  }

  #endTable(): void {
    this.blocks.add(this.#rows.join('\n'));
    this.#rows = [];
  }
}
