import type { BatchDto } from '@/lib/contracts/batch';
import type { ChosenResults, ResultsQuery } from '@/lib/contracts/results';
import { remarkColumns } from '@/lib/domain/batch/results/cells';
import { inputFields, resultFields } from '@/lib/domain/batch/results/result-columns';
import type { ArtifactEntry } from '@/lib/domain/batch/results/stream-artifacts';
import { streamArtifacts } from '@/lib/domain/batch/results/stream-artifacts';
import { streamResults } from '@/lib/domain/batch/stream-results';
import type { Context } from '@/lib/domain/context';
import { streamChosenResults } from '@/lib/domain/job/stream-chosen-results';
import { type ZipEntry, zipStream } from '@/lib/tabular/zip-stream';
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
    return download(resultsText(pages, format, remarkColumns(batch)), format, name);
  const type = batch.type as Parameters<typeof resultFields>[0];
  const fields = { input: await inputFields(batch.id, type), result: resultFields(type) };
  return download(resultsTable(pages, { ...fields, remarks: remarkColumns(batch) }, format), format, name);
}

/**
 * Sends the outcomes of jobs that were chosen in a list or by a query, in the order in which they were made.
 * @throws DomainError `invalid-query`, `limit-exceeded`, `unavailable`, `forbidden`
 */
export async function sendChosenResults(context: Context, { format, ...chosen }: ChosenResults): Promise<Response> {
  const { pages, fields, ...has } = await streamChosenResults(context, chosen);
  const name = `jobs-results.${format}`;
  if (format === 'jsonl') return download(resultsText(pages, format), format, name);
  return download(
    resultsTable(pages, { ...(await fields()), remarks: remarkColumns(has), of: true }, format),
    format,
    name,
  );
}

/** Content types that are already compressed. */
const PACKED = /zip|gzip|image\/(?:png|jpeg|webp)|video|audio|parquet|7z|pdf/;

/** Number of digits of an item's place, so that folders sort in item order. */
const PLACE = 7;

/**
 * Streams the files of a batch as a ZIP. The folder name of an item is its place. File names come from the server's rows
 * and contain no path.
 */
const artifactsZip = (artifacts: AsyncGenerator<ArtifactEntry>): AsyncGenerator<Uint8Array> =>
  zipStream(zipEntries(artifacts));

async function* zipEntries(artifacts: AsyncGenerator<ArtifactEntry>): AsyncGenerator<ZipEntry> {
  for await (const { row, name, contentType, open } of artifacts) {
    yield { name: `${String(row).padStart(PLACE, '0')}/${name}`, compress: !PACKED.test(contentType), open };
  }
}
