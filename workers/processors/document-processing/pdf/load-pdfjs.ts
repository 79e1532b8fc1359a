import DOMMatrix from '@thednp/dommatrix';

/** PDFs are read here, never drawn: using a drawing class is a mistake that must be seen. */
class NotDrawn {
  constructor() {
    throw new Error('PDF pages are not drawn in this process.');
  }
}

/**
 * Loads pdf.js. In Node it expects three classes of a browser and takes them from a native canvas package of 32 MB.
 * Reading text needs only the matrix.
 */
export async function loadPdfjs() {
  for (const [name, substitute] of Object.entries({ DOMMatrix, ImageData: NotDrawn, Path2D: NotDrawn }))
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: substitute });
  return await import('pdfjs-dist/legacy/build/pdf.mjs');
}
