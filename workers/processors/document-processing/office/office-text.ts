import { readXml } from '@/workers/processors/document-processing/xml';

interface Shape {
  text: string;
  /** the type of a slide placeholder, such as `title` */
  role: string;
}

/** Elements whose content is not text of the document, or was deleted from it. */
const DROPPED = new Set(['del', 'moveFrom', 'instrText', 'delText', 'Fallback', 'pPr', 'rPr']);
/** Placeholder types of slide numbers. */
const NUMBERS = new Set(['sldNum', 'slidenum']);

/**
 * Extracts the text of a part of a Word or PowerPoint document: one line for each paragraph or table row, in groups
 * that belong together, such as shapes and comments.
 * @param group the element that starts a group
 */
export async function officeText(xml: Uint8Array | string | undefined, group: string): Promise<Shape[]> {
  const shapes: Shape[] = [];
  let open: Shape = { text: '', role: '' };
  let dropped = 0;
  let words = 0;
  let cells = 0;
  let number = false;
  // Older presentations use their own element for comments.
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
