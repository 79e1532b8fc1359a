import { addItemsBody, addItemsQuery, type LaunchFields, launchBody, launchFields } from '@/lib/contracts/batch';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import { validate } from '@/lib/domain/validate';
import { bodyChunks, JSON_LINES, mediaType, readJson, requirePlain } from '@/lib/http/body';
import { parseJson, tooManyInside } from '@/lib/http/json';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { queryOf } from '@/lib/http/validate';
import { csvItems } from './csv-items';
import { ndjsonItems } from './ndjson-items';

interface Launch {
  fields: LaunchFields;
  items: AsyncIterable<LaunchItem>;
}

/**
 * Reads a launch from a JSON, NDJSON or CSV body. JSON is read whole. NDJSON and CSV are streamed while rows are
 * inserted, so that memory does not grow with their number.
 * @throws DomainError `invalid-request`, `invalid-json`, `payload-too-large`, `unsupported-media-type`
 */
export async function readLaunch(request: Request): Promise<Launch> {
  let fields: LaunchFields | undefined;
  const streamed = streamedItems(request, () => {
    fields = fieldsOfQuery(request);
    return fields.type;
  });
  if (streamed && fields) return { fields, items: streamed };
  return readWhole(request);
}

/**
 * Returns the items of a streamed body; undefined for a JSON body.
 * @param typeOf called once; the job type determines the types of CSV cells
 * @throws DomainError `unsupported-media-type`
 */
function streamedItems(request: Request, typeOf: () => string): AsyncIterable<LaunchItem> | undefined {
  const type = mediaType(request);
  if (JSON_LINES.includes(type)) {
    requirePlain(request);
    typeOf();
    return ndjsonItems(bodyChunks(request));
  }
  if (type === 'text/csv') {
    requirePlain(request);
    return csvItems(bodyChunks(request), itemFromCsv(typeOf()));
  }
  if (!type || type === 'application/json') return undefined;
  throw new DomainError(
    'unsupported-media-type',
    `Send application/json, application/x-ndjson or text/csv, not ${type}.`,
  );
}

async function readWhole(request: Request): Promise<Launch> {
  const body = await readJson(request, DATA_BODY_BYTES, LIST_VALUES);
  const { items, ...fields } = validate(launchBody, body ?? {}, 'The body');
  return { fields, items: numbered(items) };
}

function fieldsOfQuery(request: Request): LaunchFields {
  const given = new URL(request.url).searchParams.get('batch');
  if (given === null) {
    throw new DomainError(
      'invalid-request',
      'Give name, type and options as a JSON string in the query parameter batch.',
      {
        errors: [{ path: 'batch', message: 'is required' }],
      },
    );
  }
  return validate(launchFields, parseJson(given, 'The query parameter batch'), 'The query parameter batch');
}

/** Returns the items of a JSON body with row numbers from 1. */
async function* numbered(items: unknown[]): AsyncGenerator<LaunchItem> {
  let row = 0;
  for (const data of items) {
    row += 1;
    const issue = tooManyInside(data);
    yield issue === undefined ? { row, data } : { row, issue: { path: '', message: issue } };
  }
}

/**
 * Reads further items of a batch from a JSON, NDJSON or CSV body.
 * @throws DomainError `invalid-request`, `invalid-json`, `payload-too-large`, `unsupported-media-type`
 */
export async function readAddition(
  request: Request,
  type: string,
): Promise<{ items: AsyncIterable<LaunchItem>; seal: boolean }> {
  const query = validate(addItemsQuery, queryOf(request), 'The query');
  const streamed = streamedItems(request, () => type);
  if (streamed) return { items: streamed, seal: query.seal ?? false };
  const body = validate(addItemsBody, (await readJson(request, DATA_BODY_BYTES, LIST_VALUES)) ?? {}, 'The body');
  return { items: numbered(body.items), seal: query.seal ?? body.seal };
}
