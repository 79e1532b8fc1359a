import type { Readable } from 'node:stream';
import { Transform, type TransformCallback } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundError } from './errors';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The encodings that `decoded` supports. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** Fails when more than `maxBytes` passed through. */
class Cap extends Transform {
  #size = 0;

  constructor(readonly maxBytes: number) {
    super();
  }

  override _transform(chunk: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.maxBytes) done(tooLarge(this.maxBytes));
    else done(null, chunk);
  }
}

export const tooLarge = (maxBytes: number): OutboundError =>
  new OutboundError('response-too-large', `The answer is larger than the limit of ${maxBytes} bytes.`);

/** The maximum number of nested encodings. A response with more is suspicious. */
const MAX_ENCODINGS = 3;

/**
 * Returns the encodings of a body, in the order in which they were applied.
 * @throws OutboundError `unsupported-encoding`, because an encoded body would be mistaken for the content
 */
export function encodingsOf(header: string | null): string[] {
  const names = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'identity');
  const unknown = names.find((name) => !Object.hasOwn(DECODERS, name));
  if (unknown === undefined && names.length <= MAX_ENCODINGS) return names;
  throw new OutboundError(
    'unsupported-encoding',
    unknown === undefined
      ? `The answer was compressed ${names.length} times over.`
      : `The answer is encoded as ${unknown.slice(0, 40)}, which can’t be read; ${ACCEPT_ENCODING} can.`,
  );
}

/**
 * Decompresses a body. The limit `maxBytes` applies before and after each stage. An error of any stage reaches the
 * reader; destroying the result closes the connection.
 */
export function decoded(body: Readable, encodings: readonly string[], maxBytes: number): Readable {
  const decoders = encodings.flatMap((name) => DECODERS[name] ?? []);
  const stages: Transform[] = [new Cap(maxBytes)];
  for (const make of decoders.reverse()) stages.push(make(), new Cap(maxBytes));
  let last: Readable = body;
  for (const stage of stages) last = joined(last, stage);
  return last;
}

function joined(from: Readable, to: Transform): Transform {
  from.on('error', (error) => to.destroy(error));
  to.on('close', () => from.destroy());
  return from.pipe(to);
}
