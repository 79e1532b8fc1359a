import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/types/src/pdf';
import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError } from '@/workers/runtime/processor';
import { Blocks, type ParsedDocument, type Remark } from './parsed';

const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const ERRORS_ONLY = 0;
/** A gap of more lines than this between two lines begins a paragraph. */
const PARAGRAPH_GAP = 1.6;
/** The dots between an entry of a table of contents and its page. */
const DOT_LEADERS = /(?:\s?\.){5,}\s?/g;
const NO_TITLE = /^(untitled|microsoft (word|powerpoint) - .*|slide 1|document\d*|.*\.(docx?|tex|dvi|indd|pptx?))$/i;

/** PDF: the text layer, page by page. */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    // It takes the bytes over, so they must not be part of Node's buffer pool.
    data: Buffer.isBuffer(bytes) ? new Uint8Array(bytes) : bytes,
    cMapUrl: join(assets, 'cmaps/'),
    cMapPacked: true,
    standardFontDataUrl: join(assets, 'standard_fonts/'),
    useSystemFonts: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    verbosity: ERRORS_ONLY,
  });
  try {
    const document = await task.promise;
    const { numPages } = document;
    if (numPages === 0) throw new PermanentError('The PDF has no pages.', 'empty-document');
    if (numPages > DOCUMENT_LIMITS.pages) throw tooManyPages(numPages);
    const { blocks, broken } = await readPages(document);
    if (broken.length === numPages) throw broken[0]?.error;
    if (blocks.list.length === 0) throw noText(numPages);
    const remarks = broken.length > 0 ? [unreadable(broken.map(({ page }) => page))] : undefined;
    const title = await titleOf(document);
    return { format: 'pdf', title, blocks: blocks.list, ...(remarks ? { remarks } : {}) };
  } catch (error) {
    throw explained(error);
  } finally {
    await task.destroy();
  }
}

/** A page that can't be read costs itself alone, unless there are many of them. */
async function readPages(document: PDFDocumentProxy) {
  const blocks = new Blocks();
  const broken: { page: number; error: unknown }[] = [];
  for (let n = 1; n <= document.numPages; n++) {
    try {
      const page = await document.getPage(n);
      for (const paragraph of await paragraphsOf(page)) blocks.add(paragraph);
      page.cleanup();
    } catch (error) {
      if (error instanceof PermanentError) throw error;
      broken.push({ page: n, error });
      // A file that says it has thousands of pages and has none is not asked for each.
      if (broken.length >= MAX_BROKEN) throw error;
    }
  }
  return { blocks, broken };
}

const MAX_BROKEN = 100;

const unreadable = (pages: readonly number[]): Remark => ({
  code: 'pages-not-read',
  message: `Could not be read: page${pages.length === 1 ? '' : 's'} ${pages.slice(0, 20).join(', ')}${pages.length > 20 ? ' …' : ''}`,
});

const tooManyPages = (pages: number) =>
  new PermanentError(
    `The PDF has ${pages.toLocaleString('en')} pages; up to ${DOCUMENT_LIMITS.pages.toLocaleString('en')} are processed. Split it.`,
    'document-too-large',
  );

const noText = (pages: number) =>
  new PermanentError(
    `The PDF has no text layer on its ${pages} page${pages === 1 ? '' : 's'}: it may be scanned. Run text recognition (OCR) on it first.`,
    'no-text-layer',
  );

function explained(error: unknown): unknown {
  if (error instanceof PermanentError || !(error instanceof Error)) return error;
  if (error.name === 'PasswordException') {
    return new PermanentError('The PDF is encrypted and needs a password to open.', 'encrypted-document', {
      cause: error,
    });
  }
  return new PermanentError(`The PDF is damaged and can't be read: ${error.message}`, 'corrupt-document', {
    cause: error,
  });
}

async function titleOf(document: PDFDocumentProxy): Promise<string | undefined> {
  const { info } = await document.getMetadata();
  const title = 'Title' in info && typeof info.Title === 'string' ? info.Title.trim() : '';
  return title === '' || NO_TITLE.test(title) ? undefined : title;
}

/** Lines that follow closely form a paragraph; a word divided at a line's end is put together again. */
async function paragraphsOf(page: PDFPageProxy): Promise<string[]> {
  const { items } = await page.getTextContent({ disableNormalization: false });
  const paragraphs: string[] = [];
  let paragraph = '';
  let line = '';
  let lastY: number | undefined;
  const endLine = () => {
    const text = line.trim().replace(DOT_LEADERS, ' … ');
    line = '';
    if (text === '') return;
    if (/\p{L}-$/u.test(paragraph) && /^\p{Ll}/u.test(text)) paragraph = paragraph.slice(0, -1) + text;
    else paragraph += paragraph === '' ? text : ` ${text}`;
  };
  const endParagraph = () => {
    endLine();
    if (paragraph !== '') paragraphs.push(paragraph);
    paragraph = '';
  };
  for (const item of items) {
    if (!('str' in item)) continue;
    const y: unknown = item.transform[5];
    if (item.str.trim() !== '' && typeof y === 'number') {
      if (lastY !== undefined && Math.abs(lastY - y) > Math.max(item.height, 1) * PARAGRAPH_GAP) endParagraph();
      lastY = y;
    }
    line += item.str;
    if (item.hasEOL) endLine();
  }
  endParagraph();
  return paragraphs;
}
