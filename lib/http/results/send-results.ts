import type { BatchDto, ResultsQuery } from '@/lib/contracts/batch';
import { streamResults } from '@/lib/domain/batch';
import { inputFields, resultFields } from '@/lib/domain/batch/results/input-fields';
import { streamArtifacts } from '@/lib/domain/batch/results/stream-artifacts';
import { streamErrors } from '@/lib/domain/batch/results/stream-errors';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { attachment } from '@/lib/http/headers';
import { streamBody } from '@/lib/http/stream-body';
import { errorsLines, errorsTable, resultsTable } from './table';
import { resultsText } from './text';
import { artifactsZip } from './zip';

const MEDIA = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  zip: 'application/zip',
} as const;

const MAX_SHEET = 1_048_575;

/**
 * The outcomes of a batch in item order, made as they are read, so that memory does not grow with their number.
 * @throws DomainError `not-found`, `payload-too-large` beyond the rows that XLSX can hold
 */
export async function sendResults(context: Context, batch: BatchDto, query: ResultsQuery): Promise<Response> {
  const { format, status, layout = format === 'xlsx' ? 'fields' : 'items' } = query;
  const name = `${batch.name}-${status ?? 'results'}.${format}`;
  if (format === 'zip')
    return download(artifactsZip(await streamArtifacts(context, batch.id, { status })), format, name);
  if (format === 'xlsx') requireSheet(batch.total);
  const pages = await streamResults(context, batch.id, { status });
  if (format === 'jsonl') return download(resultsText(pages, format), format, name);
  if (format === 'csv' && layout === 'items') return download(resultsText(pages, format), format, name);
  const type = batch.type as Parameters<typeof resultFields>[0];
  const fields = { input: await inputFields(batch.id, type, false), result: resultFields(type) };
  return download(resultsTable(pages, fields, format), format, name);
}

/** The failed items of a batch, to be corrected and sent back. @throws DomainError as `sendResults` */
export async function sendErrors(context: Context, id: string, format: 'csv' | 'jsonl' | 'xlsx'): Promise<Response> {
  const { name, failed, fields, pages } = await streamErrors(context, id);
  if (format === 'xlsx') requireSheet(failed);
  const body = format === 'jsonl' ? errorsLines(pages) : errorsTable(pages, fields, format);
  return download(body, format, `${name}-errors.${format}`);
}

function requireSheet(rows: number): void {
  if (rows <= MAX_SHEET) return;
  throw new DomainError('payload-too-large', `XLSX holds at most ${MAX_SHEET} rows and this has ${rows}. Take CSV.`);
}

const download = (body: AsyncGenerator<Uint8Array>, format: keyof typeof MEDIA, name: string): Response =>
  new Response(streamBody(body), {
    headers: {
      'content-type': MEDIA[format],
      // What people call their batches may not lead anywhere.
      'content-disposition': attachment(name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_')),
      'x-content-type-options': 'nosniff',
    },
  });
