import { crc32, deflateSync } from 'node:zlib';

/** Pixels of a picture, as pdf.js provides them. */
export interface Bitmap {
  width: number;
  height: number;
  kind?: number | undefined;
  data: Uint8Array | Uint8ClampedArray;
}

/** An affine transformation: maps (x, y) to (a·x + c·y + e, b·x + d·y + f). */
export type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Multiplies two matrices; the inner one is applied first. */
export const times = ([a, b, c, d, e, f]: Matrix, [p, q, r, s, t, u]: Matrix): Matrix => [
  a * p + c * q,
  b * p + d * q,
  a * r + c * s,
  b * r + d * s,
  a * t + c * u + e,
  b * t + d * u + f,
];

const WHITE = 255;
/** The maximum samples per pixel in each direction. */
const MOST_TAPS = 4;

/** A grayscale canvas that draws the pictures of a page with their position, rotation and scale. */
export class Canvas {
  readonly #gray: Uint8Array;
  readonly #drawn: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#gray = new Uint8Array(width * height).fill(WHITE);
    this.#drawn = new Uint8Array(width * height);
  }

  /** @param place the transformation of the unit square that PDF maps every picture to; the first row is at the top */
  draw(bitmap: Bitmap, place: Matrix): void {
    const [a, b, c, d, e, f] = place;
    const area = a * d - b * c;
    if (Math.abs(area) < 1) return;
    const gray = grayOf(bitmap);
    const corners = [
      [e, f],
      [e + a, f + b],
      [e + c, f + d],
      [e + a + c, f + b + d],
    ] as const;
    const [left, right] = within(
      corners.map(([x]) => x),
      this.width,
    );
    const [top, bottom] = within(
      corners.map(([, y]) => y),
      this.height,
    );
    const taps = Math.min(
      MOST_TAPS,
      Math.max(1, Math.round(Math.sqrt((bitmap.width * bitmap.height) / Math.abs(area)))),
    );
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        let sum = 0;
        let count = 0;
        for (let tap = 0; tap < taps * taps; tap++) {
          const px = x + ((tap % taps) + 0.5) / taps - e;
          const py = y + (Math.floor(tap / taps) + 0.5) / taps - f;
          const u = (d * px - c * py) / area;
          const v = (a * py - b * px) / area;
          if (u < 0 || u >= 1 || v <= 0 || v > 1) continue;
          sum += gray(Math.floor(u * bitmap.width), Math.floor((1 - v) * bitmap.height));
          count++;
        }
        if (count === 0) continue;
        this.#gray[y * this.width + x] = sum / count;
        this.#drawn[y * this.width + x] = 1;
      }
    }
  }

  /** Returns the fraction of the canvas that was drawn on. */
  get covered(): number {
    return this.#drawn.reduce((sum, one) => sum + one, 0) / Math.max(this.#drawn.length, 1);
  }

  png(): Uint8Array {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(this.width, 0);
    head.writeUInt32BE(this.height, 4);
    // 8-bit grayscale
    head[8] = 8;
    const rows = Buffer.alloc((this.width + 1) * this.height);
    for (let y = 0; y < this.height; y++) {
      rows.set(this.#gray.subarray(y * this.width, (y + 1) * this.width), y * (this.width + 1) + 1);
    }
    const parts = [part('IHDR', head), part('IDAT', deflateSync(rows)), part('IEND', Buffer.alloc(0))];
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
  }
}

function part(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

const within = (places: number[], size: number): [number, number] => [
  Math.max(0, Math.floor(Math.min(...places))),
  Math.min(size, Math.ceil(Math.max(...places))),
];

/** Pixel formats of pdf.js: 1-bit, RGB and RGBA. */
function grayOf({ width, kind, data }: Bitmap): (x: number, y: number) => number {
  if (kind === 2 || kind === 3) {
    const size = kind === 2 ? 3 : 4;
    return (x, y) => {
      const at = (y * width + x) * size;
      return (data[at] ?? 0) * 0.3 + (data[at + 1] ?? 0) * 0.59 + (data[at + 2] ?? 0) * 0.11;
    };
  }
  const row = Math.ceil(width / 8);
  return (x, y) => (((data[y * row + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) * WHITE;
}
