import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { BatchDto, ResultsQuery } from '@/lib/contracts/batch';
import { inputFields, resultFields } from '@/lib/domain/batch/results/result-columns';
import type { ArtifactEntry } from '@/lib/domain/batch/results/stream-artifacts';
import { streamArtifacts } from '@/lib/domain/batch/results/stream-artifacts';
import { streamResults } from '@/lib/domain/batch/stream-results';
import type { Context } from '@/lib/domain/context';
import { broughtTable, tableLines } from './brought-table';
import { download, requireSheet } from './download';
import { resultsTable, table } from './table';
import { resultsText } from './text';

/**
 * Sends the outcomes of a batch in item order, as a stream, so that memory does not grow with their number.
 * @throws DomainError `not-found`, `payload-too-large` if there are more rows than XLSX can contain
 */
export async function sendResults(context: Context, batch: BatchDto, query: ResultsQuery): Promise<Response> {
  const { format, status, layout = format === 'xlsx' ? 'fields' : 'items' } = query;
  const name = `${batch.name}-${status ?? 'results'}.${format}`;
  if (format === 'zip')
    return download(artifactsZip(await streamArtifacts(context, batch.id, { status })), format, name);
  if (format === 'xlsx') requireSheet(batch.total);
  const pages = await streamResults(context, batch.id, { status });
  if (layout === 'table') {
    const { columns, rows } = await broughtTable(context, batch, pages);
    const body = format === 'jsonl' ? tableLines(rows) : table(rows, columns, format, query.bom === 'true');
    return download(body, format, name);
  }
  if (format === 'jsonl' || (format === 'csv' && layout === 'items'))
    return download(resultsText(pages, format, batch.warned > 0), format, name);
  const type = batch.type as Parameters<typeof resultFields>[0];
  const fields = { input: await inputFields(batch.id, type), result: resultFields(type) };
  return download(resultsTable(pages, { ...fields, warnings: batch.warned > 0 }, format), format, name);
}

/** Content types that are already compressed. */
const PACKED = /zip|gzip|image\/(?:png|jpeg|webp)|video|audio|parquet|7z|pdf/;

/** Number of digits of an item's place, so that folders sort in item order. */
const PLACE = 7;

/**
 * Streams the files of a batch as a ZIP. Only one file is open at a time. The folder name of an item is its place. File
 * names come from the server's rows and contain no path.
 */
async function* artifactsZip(entries: AsyncGenerator<ArtifactEntry>): AsyncGenerator<Uint8Array> {
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
