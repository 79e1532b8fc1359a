import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const MAX_ENTRIES = 20_000;

export interface ZipEntry {
  name: string;
  encrypted: boolean;
  method: number;
  compressedSize: number;
  /** as declared: `unpackedSize` tells the truth */
  size: number;
  offset: number;
}

/** Not a ZIP file, or a damaged one. */
export class ZipError extends Error {
  override name = 'ZipError';
}

/**
 * The table of contents of a ZIP file. (ZIP64 is for more than 4 GB, which is refused anyway.)
 * @throws ZipError
 */
export function readDirectory(bytes: Uint8Array): ZipEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(buffer);
  const count = buffer.readUInt16LE(end + 10);
  if (count > MAX_ENTRIES) throw new ZipError(`it lists ${count} files`);
  const entries: ZipEntry[] = [];
  let at = buffer.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new ZipError('its table of contents is damaged');
    }
    const nameLength = buffer.readUInt16LE(at + 28);
    entries.push({
      name: buffer.toString('utf8', at + 46, at + 46 + nameLength),
      encrypted: (buffer.readUInt16LE(at + 8) & 1) === 1,
      method: buffer.readUInt16LE(at + 10),
      compressedSize: buffer.readUInt32LE(at + 20),
      size: buffer.readUInt32LE(at + 24),
      offset: buffer.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(buffer: Buffer): number {
  const last = buffer.length - END_LENGTH;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
    if (buffer.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new ZipError('its end is missing');
}

/**
 * How large an entry really is, found by unpacking it, never further than `max`.
 * @returns undefined when it is larger than `max`
 * @throws ZipError when it is damaged
 */
export async function unpackedSize(bytes: Uint8Array, entry: ZipEntry, max: number): Promise<number | undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = entry.offset;
  if (at + 30 > buffer.length || buffer.readUInt32LE(at) !== LOCAL_HEADER) throw new ZipError('a part is missing');
  const start = at + 30 + buffer.readUInt16LE(at + 26) + buffer.readUInt16LE(at + 28);
  const packed = buffer.subarray(start, start + entry.compressedSize);
  if (packed.length < entry.compressedSize) throw new ZipError('a part is cut off');
  if (entry.method === 0) return packed.length <= max ? packed.length : undefined;
  try {
    return (await inflate(packed, { maxOutputLength: max })).length;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw new ZipError('a part is damaged', { cause: error });
  }
}
