import DOMMatrix from '@thednp/dommatrix';

/** PDFs are parsed here and never rendered, so using a drawing class is a bug and throws. */
class NotDrawn {
  constructor() {
    throw new Error('PDF pages are not drawn in this process.');
  }
}

/**
 * Loads pdf.js. In Node it expects three browser classes, usually from a native canvas package of 32 MB. Text
 * extraction needs only the matrix class.
 */
export async function loadPdfjs() {
  for (const [name, substitute] of Object.entries({ DOMMatrix, ImageData: NotDrawn, Path2D: NotDrawn }))
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: substitute });
  return await import('pdfjs-dist/legacy/build/pdf.mjs');
}
