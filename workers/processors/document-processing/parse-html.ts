import { Parser } from 'htmlparser2';
import { declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';
import { type Block, Blocks, type Parse } from './parsed';

/** Elements without readable text. */
const DROPPED = new Set(
  'script style noscript template svg math iframe object canvas audio video select textarea'.split(' '),
);
/** Elements that separate blocks of text. */
const BLOCK = new Set(
  'address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol p pre section summary table tbody tfoot thead title ul'.split(
    ' ',
  ),
);
/** Blocks whose children belong together, one on each line. */
const LINES = new Set(['li', 'tr', 'dt', 'dd']);
const CELL = new Set(['td', 'th']);
const KEEPS_TOGETHER = new Set(['ul', 'ol', 'table', 'dl']);
const PIECE = 64 * 1024;

/** Parses HTML: text and headings, without scripts and styles. Invalid markup is handled as in browsers. */
export const parseHtml: Parse = async (bytes, options) => {
  const written = { given: options.encoding, declared: declaredEncoding(bytes) };
  const { text, encoding, remarks } = await decodeText(bytes, written);
  const { title, blocks } = await readHtml(text);
  return {
    format: 'html',
    title: title ?? blocks.find(({ heading }) => heading === 1)?.text,
    blocks,
    encoding,
    remarks,
  };
};

/** Feeds the parser in pieces and yields to the event loop after each one. */
export async function readHtml(source: string): Promise<{ title?: string | undefined; blocks: Block[] }> {
  const reader = new Reader();
  const parser = new Parser(reader, { decodeEntities: true, lowerCaseTags: true });
  for (let i = 0; i < source.length; i += PIECE) {
    parser.write(source.slice(i, i + PIECE));
    await new Promise(setImmediate);
  }
  parser.end();
  reader.flush();
  return { title: reader.title, blocks: reader.blocks.list };
}

class Reader {
  readonly blocks = new Blocks();
  title: string | undefined;
  #text = '';
  #dropped = 0;
  #pre = 0;
  #links = 0;
  /** nesting depth of lists and tables: their lines form one block */
  #together = 0;
  /** nesting depth of cells: their content stays on the line of the row */
  #cells = 0;
  #cellsOfRow = 0;

  onopentag(name: string, attributes: Record<string, string>): void {
    if (DROPPED.has(name)) this.#dropped++;
    if (this.#dropped > 0) return;
    if (CELL.has(name)) this.#openCell();
    else if (LINES.has(name)) this.#newLine();
    else if (BLOCK.has(name)) this.#boundary();
    if (name === 'tr' && this.#cells === 0) this.#cellsOfRow = 0;
    if (KEEPS_TOGETHER.has(name)) this.#together++;
    if (name === 'pre') this.#pre++;
    else if (name === 'a') this.#links++;
    else if (name === 'br') this.#text += this.#cells > 0 ? ' ' : '\n';
    // A linked image is usually a badge or a button.
    else if (name === 'img' && this.#links === 0 && attributes.alt) this.ontext(` ${attributes.alt} `);
  }

  ontext(text: string): void {
    if (this.#dropped > 0) return;
    this.#text += this.#pre > 0 && this.#cells === 0 ? text : text.replace(/\s+/g, ' ');
  }

  onclosetag(name: string): void {
    if (DROPPED.has(name)) this.#dropped = Math.max(this.#dropped - 1, 0);
    if (this.#dropped > 0) return;
    if (name === 'pre' && this.#pre > 0) this.#closePre();
    if (name === 'a') this.#links = Math.max(this.#links - 1, 0);
    if (CELL.has(name)) this.#cells = Math.max(this.#cells - 1, 0);
    if (KEEPS_TOGETHER.has(name)) this.#together = Math.max(this.#together - 1, 0);
    if (name === 'title') {
      this.title ??= this.#take().trim() || undefined;
      return;
    }
    const heading = /^h([1-6])$/.exec(name)?.[1];
    if (heading && this.#cells === 0) this.flush(Number(heading));
    else if (LINES.has(name)) this.#newLine();
    else if (BLOCK.has(name)) this.#boundary();
  }

  flush(heading?: number): void {
    this.blocks.add(this.#take(), heading);
  }

  /** Separates the cells of a row. A table inside of a cell is part of the cell's text. */
  #openCell(): void {
    if (this.#cells > 0) this.#text += ' ';
    else if (this.#cellsOfRow++ > 0) this.#text += ' | ';
    this.#cells++;
  }

  /** Inside of a list or table, a block is one line of it. */
  #boundary(): void {
    if (this.#together > 0) this.#newLine();
    else this.flush();
  }

  /** Preformatted code keeps its indentation. */
  #closePre(): void {
    this.#pre--;
    if (this.#together > 0) return;
    this.blocks.add(this.#text);
    this.#text = '';
  }

  #newLine(): void {
    if (this.#cells > 0) this.#text += ' ';
    else if (this.#text !== '' && !this.#text.endsWith('\n')) this.#text += '\n';
  }

  #take(): string {
    const text = this.#text.replace(/[^\S\n]+/g, ' ').replace(/ ?\n\s*/g, '\n');
    this.#text = '';
    return text;
  }
}
