import { setTimeout } from 'node:timers/promises';
import type { PDFOperatorList } from 'pdfjs-dist/types/src/display/api';
import type { PDFPageProxy } from 'pdfjs-dist/types/src/pdf';
import { z } from 'zod';
import { type Bitmap, Canvas, type Matrix, times } from './canvas';
import { loadPdfjs } from './load-pdfjs';

/** A page without text: it is blank, or has pictures that may contain text. */
export interface PageContent {
  blank: boolean;
  /** whether pictures cover most of the page, as on scanned ones */
  fillsPage: boolean;
  /** the pictures of the page as one PNG; undefined if it has none or none was requested */
  picture?: Uint8Array | undefined;
}

/** The longer side, in pixels, of a picture for the model: models scale larger pictures down. */
const LONGEST_SIDE = 2000;
const MOST_PICTURES = 200;
const MOST_MS = 10_000;
const UNCHANGED: Matrix = [1, 0, 0, 1, 0, 0];
/** The least fraction of a scanned page that its picture covers. */
const COVERED = 0.6;
/** Fewer lines are a rule or a frame. Text drawn as shapes has many. */
const SHAPES = 20;

/** Inspects a page that has no text. */
export async function inspectPage(page: PDFPageProxy, { draw }: { draw: boolean }): Promise<PageContent> {
  const { OPS } = await loadPdfjs();
  const operators = await inTime(page.getOperatorList());
  // A page that is too large to draw does not count as blank.
  if (!operators) return { blank: false, fillsPage: false };
  const paints = new Set([OPS.paintImageXObject, OPS.paintImageMaskXObject, OPS.paintInlineImageXObject]);
  const repeats = new Set([
    OPS.paintImageXObjectRepeat,
    OPS.paintImageMaskXObjectRepeat,
    OPS.paintInlineImageXObjectGroup,
  ]);
  const painted = operators.fnArray.filter((op) => paints.has(op) || repeats.has(op)).length;
  const shapes = operators.fnArray.filter((op) => op === OPS.constructPath || op === OPS.shadingFill).length;
  if (painted === 0) return { blank: shapes < SHAPES, fillsPage: false };
  const sheet = sheetOf(page, draw ? LONGEST_SIDE : 50);
  const drawn = await drawPictures(page, operators, paints, OPS, sheet);
  const fillsPage = sheet.canvas.covered > COVERED;
  return { blank: false, fillsPage, picture: draw && drawn > 0 ? sheet.canvas.png() : undefined };
}

/** Returns an empty canvas with the page's aspect ratio, and the transformation from points to its pixels. */
function sheetOf(page: PDFPageProxy, longest: number): { canvas: Canvas; place: Matrix } {
  const whole = page.getViewport({ scale: 1 });
  const { width, height, transform } = page.getViewport({ scale: longest / Math.max(whole.width, whole.height, 1) });
  return { canvas: new Canvas(Math.ceil(width), Math.ceil(height)), place: asMatrix(transform) ?? UNCHANGED };
}

/** @returns the number of pictures drawn */
async function drawPictures(
  page: PDFPageProxy,
  { fnArray, argsArray }: PDFOperatorList,
  paints: ReadonlySet<number>,
  OPS: { save: number; restore: number; transform: number; paintFormXObjectBegin: number; paintFormXObjectEnd: number },
  { canvas, place }: { canvas: Canvas; place: Matrix },
): Promise<number> {
  const kept: Matrix[] = [];
  let matrix = place;
  let drawn = 0;
  for (const [i, op] of fnArray.entries()) {
    const args: unknown[] = Array.isArray(argsArray[i]) ? argsArray[i] : [];
    if (op === OPS.save || op === OPS.paintFormXObjectBegin) kept.push(matrix);
    if (op === OPS.restore || op === OPS.paintFormXObjectEnd) matrix = kept.pop() ?? matrix;
    if (op === OPS.transform) matrix = times(matrix, asMatrix(args) ?? UNCHANGED);
    if (op === OPS.paintFormXObjectBegin) matrix = times(matrix, asMatrix(args[0]) ?? UNCHANGED);
    if (!paints.has(op) || drawn >= MOST_PICTURES) continue;
    const bitmap = await bitmapOf(page, args[0]);
    if (bitmap) canvas.draw(bitmap, matrix);
    if (bitmap) drawn++;
  }
  return drawn;
}

function asMatrix(given: unknown): Matrix | undefined {
  const numbers = given instanceof Float32Array || Array.isArray(given) ? [...given] : [];
  const [a, b, c, d, e, f] = numbers.map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined)
    return undefined;
  return [a, b, c, d, e, f];
}

const bitmap = z.object({
  width: z.int().min(1).max(50_000),
  height: z.int().min(1).max(50_000),
  /** undefined for a mask */
  kind: z.int().optional(),
  data: z.union([z.instanceof(Uint8Array), z.instanceof(Uint8ClampedArray), z.string()]),
});

/** A picture is referenced by name or inline. A mask may reference its bits by name. */
async function bitmapOf(page: PDFPageProxy, given: unknown): Promise<Bitmap | undefined> {
  const named = typeof given === 'string' ? await objectOf(page, given) : given;
  const { data: seen } = bitmap.safeParse(named);
  if (!seen) return undefined;
  if (typeof seen.data !== 'string') return { ...seen, data: seen.data };
  const { data: inner } = bitmap.safeParse(await objectOf(page, seen.data));
  return inner && typeof inner.data !== 'string' ? { ...inner, data: inner.data } : undefined;
}

const objectOf = (page: PDFPageProxy, id: string): Promise<unknown> =>
  inTime(new Promise((resolve) => (id.startsWith('g_') ? page.commonObjs : page.objs).get(id, resolve)));

/** Returns undefined after the time limit: pdf.js may never provide damaged pictures. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const late = setTimeout(MOST_MS, undefined, { signal: stop.signal });
  return Promise.race([work, late]).finally(() => stop.abort());
}
