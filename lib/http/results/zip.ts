import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { ArtifactEntry } from '@/lib/domain/batch/results/stream-artifacts';

/** What is compressed already gains nothing. */
const PACKED = /zip|gzip|image\/(?:png|jpeg|webp)|video|audio|parquet|7z|pdf/;

/** Digits of an item's place, so that folders sort in item order. */
const PLACE = 7;

/**
 * The files of a batch as a ZIP, written as it is read: one file is open at a time. Each item has a folder named after
 * its place; names of files come from the server's rows, never with a path.
 */
export async function* artifactsZip(entries: AsyncGenerator<ArtifactEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let current: Readable | undefined;
  const fill = async () => {
    for await (const { row, name, contentType, open } of entries) {
      current = await open();
      zip.addReadStream(current, `${String(row).padStart(PLACE, '0')}/${name}`, {
        compress: !PACKED.test(contentType),
      });
      await finished(current);
    }
    zip.end();
  };
  // Whoever reads the archive hears of a file that can't be read.
  fill().catch((error: Error) => output.destroy(error));
  zip.on('error', (error) => output.destroy(error as Error));
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    current?.destroy();
    await entries.return(undefined);
  }
}
