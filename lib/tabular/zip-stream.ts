import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  /** path in the archive */
  name: string;
  compress: boolean;
  open(): Promise<Readable> | Readable;
}

/** Streams entries as a ZIP. Only one entry is open at a time. The error of an entry is the error of the stream. */
export async function* zipStream(entries: AsyncGenerator<ZipEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let current: Readable | undefined;
  const fill = async () => {
    for await (const { name, compress, open } of entries) {
      current = await open();
      zip.addReadStream(current, name, { compress });
      await finished(current);
    }
    zip.end();
  };
  // The reader of the archive must receive the error of an entry that cannot be read.
  fill().catch((error: Error) => output.destroy(error));
  zip.on('error', (error) => output.destroy(error as Error));
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    current?.destroy();
    await entries.return(undefined);
  }
}
