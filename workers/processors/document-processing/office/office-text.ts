import { readXml } from '@/workers/processors/document-processing/xml';

interface Shape {
  text: string;
  /** what a placeholder of a slide is for, such as `title` */
  role: string;
}

/** Parts that hold what is not, or no longer, text of the document. */
const DROPPED = new Set(['del', 'moveFrom', 'instrText', 'delText', 'Fallback', 'pPr', 'rPr']);
/** The numbers of slides. */
const NUMBERS = new Set(['sldNum', 'slidenum']);

/**
 * The text of a part of an Office document, Word's or PowerPoint's, one paragraph a line and one row of a table a line,
 * in groups that belong together: shapes of a slide, comments.
 * @param group the element that starts a group
 */
export async function officeText(xml: Uint8Array | string | undefined, group: string): Promise<Shape[]> {
  const shapes: Shape[] = [];
  let open: Shape = { text: '', role: '' };
  let dropped = 0;
  let words = 0;
  let cells = 0;
  let number = false;
  // Comments of older presentations have an element of their own for it.
  const isWords = (name: string) => name === 't' || (name === 'text' && group === 'cm');
  const close = () => {
    const text = open.text
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n[\s|]*\n?/g, '\n')
      .trim();
    if (text !== '' && !NUMBERS.has(open.role)) shapes.push({ text, role: open.role });
    open = { text: '', role: '' };
  };
  await readXml(xml, {
    open: (name, attributes) => {
      if (DROPPED.has(name)) dropped++;
      if (name === group) {
        close();
        open.role = attributes.author ?? '';
      }
      if (name === 'ph') open.role = attributes.type ?? 'body';
      else if (isWords(name)) words++;
      else if (name === 'tc') open.text += cells++ > 0 ? ' | ' : '';
      else if (name === 'tr') cells = 0;
      else if (name === 'fld') number = NUMBERS.has(attributes.type ?? '');
      else if (dropped === 0 && (name === 'br' || name === 'cr')) open.text += cells > 0 ? ' ' : '\n';
      else if (dropped === 0 && name === 'tab') open.text += ' ';
    },
    text: (piece) => {
      if (words > 0 && dropped === 0 && !number) open.text += piece;
    },
    close: (name) => {
      if (DROPPED.has(name)) dropped = Math.max(0, dropped - 1);
      if (isWords(name)) words = Math.max(0, words - 1);
      else if (name === 'fld') number = false;
      else if (name === 'p') open.text += cells > 0 ? ' ' : '\n';
      else if (name === 'tr') open.text += '\n';
      else if (name === 'tbl') cells = 0;
      else if (name === group) close();
    },
  });
  close();
  return shapes;
}
