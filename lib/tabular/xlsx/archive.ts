import type { Readable } from 'node:stream';
import { Transform, type TransformCallback } from 'node:stream';
import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { TabularError } from '@/lib/tabular/row';

const MAX_ENTRIES = 10_000;
/**
 * Bytes that may be unpacked at any compression ratio. Above this, a ratio beyond the limit is refused as a ZIP bomb.
 */
const FREE_BYTES = 64 * 1024 ** 2;
const MAX_RATIO = 300;
const MAX_UNPACKED_BYTES = 16 * 1024 ** 3;

const corrupt = (what: string, cause?: unknown): TabularError =>
  new TabularError('corrupt-file', `The spreadsheet is damaged: ${what}.`, { cause });

/** The entries of an XLSX file. */
export class Archive {
  private constructor(
    readonly zip: ZipFile,
    readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /**
   * Reads the ZIP directory. The caller keeps ownership of the file descriptor.
   * @throws TabularError `corrupt-file` if it is not a ZIP archive
   */
  static async open(fd: number): Promise<Archive> {
    const zip = await new Promise<ZipFile>((resolve, reject) =>
      fromFd(fd, { lazyEntries: true, autoClose: false }, (error, made) =>
        error ? reject(corrupt('it is no ZIP archive, or its end is missing', error)) : resolve(made),
      ),
    );
    if (zip.entryCount > MAX_ENTRIES) throw corrupt(`it lists ${zip.entryCount} parts`);
    const entries = new Map<string, Entry>();
    await new Promise<void>((resolve, reject) => {
      zip.on('error', (error) => reject(corrupt('its table of contents can’t be read', error)));
      zip.on('end', () => resolve());
      zip.on('entry', (entry: Entry) => {
        entries.set(entry.fileName.replace(/^\//, ''), entry);
        zip.readEntry();
      });
      zip.readEntry();
    });
    return new Archive(zip, entries);
  }

  /** Returns one entry as a stream of unpacked bytes, or undefined if it does not exist. */
  async stream(name: string): Promise<Readable | undefined> {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    if (entry.isEncrypted()) throw new TabularError('unsupported', 'The spreadsheet is encrypted.');
    const packed = await new Promise<Readable>((resolve, reject) =>
      this.zip.openReadStream(entry, (error, stream) =>
        error ? reject(corrupt(`its part ${name} can’t be read`, error)) : resolve(stream),
      ),
    );
    const guard = new Guard(entry.compressedSize);
    packed.on('error', (error) =>
      guard.destroy(error instanceof TabularError ? error : corrupt(`its part ${name} can’t be unpacked`, error)),
    );
    guard.on('close', () => packed.destroy());
    return packed.pipe(guard);
  }
}

/** Throws if the unpacked size is far larger than a table of that packed size. */
class Guard extends Transform {
  #size = 0;

  constructor(readonly packed: number) {
    super();
  }

  override _transform(chunk: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.#size += chunk.byteLength;
    const bomb = this.#size > FREE_BYTES && this.#size > this.packed * MAX_RATIO;
    if (bomb || this.#size > MAX_UNPACKED_BYTES) {
      done(new TabularError('too-large', 'The spreadsheet unpacks to far more than a table of its size holds.'));
    } else done(null, chunk);
  }
}
