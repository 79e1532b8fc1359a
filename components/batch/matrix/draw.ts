import { countCodes, itemsOf, type MatrixLayout, sharePixels } from './layout';
import type { Palette } from './palette';

/** Opacity by code. Pending and completed items are faint, so that the other items are easy to see. */
const FADED: Record<number, number> = { 0: 0.3, 2: 0.8 };

/** Draws the whole matrix. Called only when bytes, geometry or theme changed; the cursor has its own element. */
export function drawMatrix(
  canvas: HTMLCanvasElement,
  bytes: Uint8Array,
  layout: MatrixLayout,
  width: number,
  palette: Palette,
): void {
  const ratio = Math.min(3, globalThis.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const size = layout.pitch - layout.gap;
  for (let cell = 0; cell < layout.cells; cell += 1) {
    const x = (cell % layout.columns) * layout.pitch;
    const y = Math.floor(cell / layout.columns) * layout.pitch;
    if (layout.perCell > 1) drawShares(context, bytes, itemsOf(layout, cell), x, y, size, palette);
    else drawItem(context, bytes[layout.start + cell] ?? 0, x, y, size, palette);
  }
}

function drawShares(
  context: CanvasRenderingContext2D,
  bytes: Uint8Array,
  [from, to]: [number, number],
  x: number,
  y: number,
  size: number,
  palette: Palette,
): void {
  let bottom = y + size;
  for (const [code, pixels] of sharePixels(countCodes(bytes, from, to), size)) {
    bottom -= pixels;
    context.globalAlpha = FADED[code] ?? 1;
    context.fillStyle = palette.codes[code] ?? palette.ink;
    context.fillRect(x, bottom, size, pixels);
  }
  context.globalAlpha = 1;
}

/** Draws one item with the shape of its status mark if the size allows, so that color is not the only sign. */
function drawItem(
  context: CanvasRenderingContext2D,
  code: number,
  x: number,
  y: number,
  size: number,
  palette: Palette,
): void {
  const color = palette.codes[code] ?? palette.ink;
  context.fillStyle = color;
  context.strokeStyle = color;
  const hollow = code === 0 || code === 5;
  if (size < 5) {
    context.globalAlpha = FADED[code] ?? 1;
    context.fillRect(x, y, size, size);
    context.globalAlpha = 1;
    return;
  }
  context.lineWidth = 1;
  if (hollow || code === 1) context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  if (code === 5) context.fillRect(x + size / 2 - 0.5, y + 2, 1, size / 2 - 1);
  if (code === 1) context.fillRect(x + Math.floor(size / 2), y, Math.ceil(size / 2), size);
  context.globalAlpha = FADED[code] ?? 1;
  if (code >= 2 && !hollow) context.fillRect(x, y, size, size);
  context.globalAlpha = 1;
  if (size < 8) return;
  context.strokeStyle = palette.surface;
  context.lineWidth = Math.max(1.25, size / 9);
  const inset = size * 0.28;
  context.beginPath();
  if (code === 3) {
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + size - inset, y + size - inset);
    context.moveTo(x + size - inset, y + inset);
    context.lineTo(x + inset, y + size - inset);
  } else if (code === 4) {
    context.moveTo(x + inset, y + size / 2);
    context.lineTo(x + size - inset, y + size / 2);
  }
  context.stroke();
}
