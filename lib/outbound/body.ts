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

/** What the encodings of `decoded` allow to ask for. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** Ends in an error once more than `maxBytes` came through. */
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

/** Encodings one over the other that are undone; more are no honest answer. */
const MAX_ENCODINGS = 3;

/**
 * How a body was encoded, in the order in which it was done.
 * @throws OutboundError `unsupported-encoding`: what can't be undone would be taken for the answer itself
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
 * A body as it was before its sender compressed it, never more than `maxBytes` of it, packed or unpacked. Errors of
 * any stage reach the reader; destroying the result destroys the connection.
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
