import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { PermanentError } from '@/workers/runtime/processor';

/** The maximum unpacked size, in bytes, of all parts that are read: this limits ZIP bombs. */
const MAX_UNPACKED = 48 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/** A damaged ZIP file, or a file of another format. */
export class ZipError extends Error {
  override name = 'ZipError';
}

/** The parts of a ZIP-based document, such as DOCX or EPUB. */
export class Archive {
  #left = MAX_UNPACKED;

  private constructor(
    readonly zip: ZipFile,
    readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws ZipError */
  static async open(bytes: Uint8Array): Promise<Archive> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entries = new Map<string, Entry>();
    const zip = await new Promise<ZipFile>((resolve, reject) => {
      const fail = (error: Error) => reject(new ZipError(error.message.replace(/\.$/, ''), { cause: error }));
      // The sizes are checked here, because the declared sizes of an archive are untrusted.
      fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: false }, (error, made) => {
        if (error) return fail(error);
        if (made.entryCount > MAX_ENTRIES) return fail(new Error(`it lists ${made.entryCount} files`));
        made.on('error', fail);
        made.on('end', () => resolve(made));
        made.on('entry', (entry: Entry) => {
          entries.set(entry.fileName.replace(/^\//, ''), entry);
          made.readEntry();
        });
        made.readEntry();
      });
    });
    return new Archive(zip, entries);
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Returns the names of the parts in archive order. */
  names(pattern: RegExp): string[] {
    return [...this.entries.keys()].filter((name) => pattern.test(name));
  }

  /**
   * Returns one unpacked part, or undefined when it does not exist.
   * @throws ZipError when it is damaged; PermanentError `document-too-large` or `encrypted-document`
   */
  async read(name: string): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    if (entry.isEncrypted()) {
      throw new PermanentError('The document is encrypted and needs a password to open.', 'encrypted-document');
    }
    if (entry.uncompressedSize > this.#left) throw tooMuch();
    const pieces: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const piece of await this.#stream(entry)) {
        size += piece.length;
        if (size > this.#left) throw tooMuch();
        pieces.push(piece);
      }
    } catch (error) {
      if (error instanceof PermanentError) throw error;
      throw new ZipError(`its part ${name} is damaged`, { cause: error });
    }
    if (size !== entry.uncompressedSize) throw new ZipError(`its part ${name} is not as large as it says`);
    this.#left -= size;
    return Buffer.concat(pieces);
  }

  #stream(entry: Entry): Promise<AsyncIterable<Uint8Array>> {
    return new Promise((resolve, reject) =>
      this.zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
    );
  }
}

const tooMuch = () =>
  new PermanentError(
    `The document unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MB, which is not processed.`,
    'document-too-large',
  );
