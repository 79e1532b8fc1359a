import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { ArtifactEntry } from '@/lib/domain/batch/results/stream-artifacts';

/** Content types that are already compressed. */
const PACKED = /zip|gzip|image\/(?:png|jpeg|webp)|video|audio|parquet|7z|pdf/;

/** Number of digits of an item's place, so that folders sort in item order. */
const PLACE = 7;

/**
 * Streams the files of a batch as a ZIP. Only one file is open at a time. The folder name of an item is its place. File
 * names come from the server's rows and contain no path.
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
  // The reader of the archive must receive the error of a file that cannot be read.
  fill().catch((error: Error) => output.destroy(error));
  zip.on('error', (error) => output.destroy(error as Error));
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    current?.destroy();
    await entries.return(undefined);
  }
}
