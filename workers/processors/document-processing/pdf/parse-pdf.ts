import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFDocumentLoadingTask, PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/types/src/pdf';
import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import {
  Blocks,
  type PagePicture,
  type Parse,
  pagesWords,
  type Remark,
  withoutText,
} from '@/workers/processors/document-processing/parsed';
import { PermanentError } from '@/workers/runtime/processor';
import { annotationsOf } from './annotations';
import { loadPdfjs } from './load-pdfjs';
import { paragraphsOf } from './paragraphs';
import { inspectPage } from './pictures';
import { xfaText } from './xfa';

const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const ERRORS_ONLY = 0;
const OPTIONS = {
  cMapUrl: join(assets, 'cmaps/'),
  cMapPacked: true,
  standardFontDataUrl: join(assets, 'standard_fonts/'),
  useSystemFonts: false,
  disableFontFace: true,
  isOffscreenCanvasSupported: false,
  verbosity: ERRORS_ONLY,
};
const NO_TITLE = /^(untitled|microsoft (word|powerpoint) - .*|slide 1|document\d*|.*\.(docx?|tex|dvi|indd|pptx?))$/i;

/** Parses PDF page by page: the text layer, form values and annotations. */
export const parsePdf: Parse = async (bytes, options) => {
  const { getDocument } = await loadPdfjs();
  const tasks: PDFDocumentLoadingTask[] = [];
  const open = (data: Uint8Array, enableXfa: boolean) => {
    const task = getDocument({ ...OPTIONS, data, enableXfa });
    tasks.push(task);
    return task.promise;
  };
  try {
    // pdf.js transfers the buffer, so the bytes must not be part of Node's buffer pool.
    const plain = await open(Buffer.isBuffer(bytes) ? new Uint8Array(bytes) : bytes, false);
    const document = await asForm(plain, open);
    const { numPages } = document;
    if (numPages === 0) throw new PermanentError('The PDF has no pages.', 'empty-document');
    if (numPages > DOCUMENT_LIMITS.pages) throw tooManyPages(numPages);
    const read = await readPages(document);
    // A document without any text is refused unless an OCR endpoint is configured.
    if (read.blocks.list.length > 0 || options.pictures)
      await inspectBarePages(document, read, options.pictures === true);
    const { blocks, broken, pictures, textless } = read;
    if (broken.length === numPages) throw broken[0]?.error;
    if (blocks.list.length === 0 && pictures.length === 0) throw noText(numPages);
    const remarks = await remarksOn(document, read);
    const title = await titleOf(document);
    return { format: 'pdf', title, blocks: blocks.list, pages: numPages, pictures, textless, remarks };
  } catch (error) {
    throw explained(error);
  } finally {
    for (const task of tasks) await task.destroy();
  }
};

/** Without its XFA data, the form contains only a notice that another program is needed. */
async function asForm(
  plain: PDFDocumentProxy,
  open: (data: Uint8Array, enableXfa: boolean) => Promise<PDFDocumentProxy>,
): Promise<PDFDocumentProxy> {
  const { info } = await plain.getMetadata();
  if (!('IsXFAPresent' in info) || !info.IsXFAPresent || ('IsAcroFormPresent' in info && info.IsAcroFormPresent))
    return plain;
  try {
    return await open(new Uint8Array(await plain.getData()), true);
  } catch {
    // If the XFA data is damaged, the form is read without it.
    return plain;
  }
}

interface PagesRead {
  blocks: Blocks;
  broken: { page: number; error: unknown }[];
  /** pages with content but without a text layer */
  textless: number[];
  pictures: PagePicture[];
  /** pages with hardly any text, and the number of blocks before each one */
  bare: { page: number; at: number; empty: boolean }[];
}

/** An unreadable page is skipped, unless there are too many of them. */
async function readPages(document: PDFDocumentProxy): Promise<PagesRead> {
  const read: PagesRead = { blocks: new Blocks(), broken: [], textless: [], pictures: [], bare: [] };
  for (let n = 1; n <= document.numPages; n++) {
    try {
      const page = await document.getPage(n);
      await readPage(page, read, document.isPureXfa);
      page.cleanup();
    } catch (error) {
      if (error instanceof PermanentError) throw error;
      read.broken.push({ page: n, error });
      // A file may declare thousands of pages and have none, so not every page is requested.
      if (read.broken.length >= MAX_BROKEN) throw error;
    }
  }
  return read;
}

async function readPage(page: PDFPageProxy, read: PagesRead, xfa: boolean): Promise<void> {
  const before = read.blocks.characters;
  const at = read.blocks.list.length;
  if (xfa) read.blocks.add(xfaText(await page.getXfa()));
  if (read.blocks.characters === before) {
    // Arabic ligatures are decomposed later: decomposed here, the letters would be in the wrong order.
    const { items } = await page.getTextContent({ disableNormalization: true });
    for (const paragraph of paragraphsOf(items.filter((item) => 'str' in item))) read.blocks.add(paragraph);
    for (const text of await annotationsOf(page)) read.blocks.add(text);
  }
  const found = read.blocks.characters - before;
  if (found <= STAMP) read.bare.push({ page: page.pageNumber, at, empty: found === 0 });
}

async function inspectBarePages(document: PDFDocumentProxy, read: PagesRead, wanted: boolean): Promise<void> {
  const until = performance.now() + LOOK_MS;
  for (const [i, { page: n, at, empty }] of read.bare.entries()) {
    if (i >= MAX_LOOKED_AT || performance.now() > until) {
      if (empty) read.textless.push(n);
      continue;
    }
    const page = await document.getPage(n);
    const content = await inspectPage(page, { draw: wanted && read.pictures.length < MAX_PICTURES });
    page.cleanup();
    if (content.blank || (!empty && !content.fillsPage)) continue;
    read.textless.push(n);
    if (content.picture) read.pictures.push({ page: n, at, png: content.picture });
  }
}

/** Returns remarks about lost text, with page numbers. */
async function remarksOn(document: PDFDocumentProxy, { broken, textless, blocks }: PagesRead): Promise<Remark[]> {
  const remarks: Remark[] = [];
  if (broken.length > 0) {
    const message = `${pagesWords(broken.map(({ page }) => page))} could not be read.`;
    remarks.push({ code: 'pages-not-read', message });
  }
  if (textless.length > 0 && blocks.list.length > 0) remarks.push(withoutText(textless));
  const attached = Object.keys((await document.getAttachments()) ?? {});
  if (attached.length > 0) {
    const names = attached.slice(0, 10).join(', ');
    remarks.push({ code: 'parts-not-read', message: `Files that are attached to the PDF were not read: ${names}.` });
  }
  return remarks;
}

const MAX_BROKEN = 100;

/** How many pages without text are inspected. Later ones count as pictures. */
const MAX_LOOKED_AT = 200;
const LOOK_MS = 60_000;
/** How many pages are passed on to OCR as pictures. */
const MAX_PICTURES = 50;
/** A scanned page may have a page number or a stamp as text. */
const STAMP = 30;

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
