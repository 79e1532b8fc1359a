import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import type { Mapping } from '@/lib/contracts/import';
import type { ResultsQuery } from '@/lib/contracts/results';
import { resultsQuery } from '@/lib/contracts/results';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { saveArtifact } from '@/lib/domain/file/save-artifact';
import { changeImport } from '@/lib/domain/import/change-import';
import { checkImport } from '@/lib/domain/import/check-import';
import { launchImport } from '@/lib/domain/import/launch-import';
import { readRows } from '@/lib/tabular/read-rows';
import { collect } from '@/lib/testing/collect';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { readWithOpenpyxl, readWithPython } from '@/lib/testing/foreign';
import { bring, workOn } from '@/lib/testing/imports';
import { sendResults } from './send-results';

let context: Context;
let batchId: string;
let jobIds: string[];

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  ({ batchId, jobIds } = await seedBatch(context, {
    statuses: ['completed', 'failed', 'completed'],
    data: { outcome: 'complete', payload: '=cmd()' },
  }));
  await pool().query(
    `update job set attempt = 1, result = case when outcome = 'completed' then '{"attempt":1,"payload":"=out"}'::json end,
       error = case when outcome = 'failed' then '{"message":"@why"}'::json end where batch_id = $1`,
    [batchId],
  );
});

async function get(query: Partial<ResultsQuery>): Promise<Buffer> {
  const response = await sendResults(context, await getBatch(context, batchId), resultsQuery.parse(query));
  expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  return buffer(response.body as never);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const rowsOf = async (bytes: Buffer, format: 'csv' | 'xlsx') =>
  (await collect(readRows(once(bytes), format))).map((row) => ('values' in row ? row.values : row));

it('are CSV with a column for each field, where no cell begins like a formula', async () => {
  const rows = await rowsOf(await get({ format: 'csv', layout: 'fields' }), 'csv');
  expect(rows).toMatchObject([
    {
      _row: '1',
      _status: 'completed',
      payload: "'=cmd()",
      'result.payload': "'=out",
      'result.attempt': '1',
      _reason: '',
    },
    { _row: '2', _status: 'failed', payload: "'=cmd()", 'result.payload': '', _reason: "'@why" },
    { _row: '3', _status: 'completed' },
  ]);
});

it('are XLSX with text that is never a formula', async () => {
  const bytes = await get({ format: 'xlsx' });
  const sheet = (await unzip(bytes)).get('xl/worksheets/sheet1.xml')?.toString() ?? '';
  expect(sheet).not.toContain('<f>');
  expect(sheet).toContain('=cmd()');
  expect(await rowsOf(bytes, 'xlsx')).toMatchObject([
    { _row: 1, _status: 'completed', payload: '=cmd()', 'result.attempt': 1 },
    { _row: 2, _reason: '@why' },
    { _row: 3 },
  ]);
});

it('contain warnings, if there are any', async () => {
  expect((await get({ format: 'csv' })).toString()).not.toContain('_warnings');
  expect((await get({ format: 'jsonl' })).toString()).not.toContain('_warnings');
  await pool().query(`update job set warnings = $2 where id = $1`, [
    jobIds[2],
    JSON.stringify([
      { code: 'a', message: '=one' },
      { code: 'b', message: 'two' },
    ]),
  ]);
  await pool().query('update batch set warned = 1 where id = $1', [batchId]);
  const cells = ['', '', 'a: =one; b: two'];
  const column = async (format: 'csv' | 'xlsx', layout: 'items' | 'fields') =>
    (await rowsOf(await get({ format, layout }), format)).map(
      (row) => (row as Record<string, unknown>)._warnings ?? '',
    );
  expect(await column('csv', 'items')).toEqual(cells);
  expect(await column('csv', 'fields')).toEqual(cells);
  expect(await column('xlsx', 'fields')).toEqual(cells);
  const lines = (await get({ format: 'jsonl' })).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line)._warnings?.length)).toEqual([undefined, undefined, 2]);
});

it('contain costs, if there are any', async () => {
  expect((await get({ format: 'csv' })).toString()).not.toContain('_tokens');
  await pool().query('update job set cost_tokens = 12, cost_usd = 0.25 where id = $1', [jobIds[0]]);
  await pool().query('update batch set cost_tokens = 12, cost_usd = 0.25 where id = $1', [batchId]);
  for (const [format, layout] of [
    ['csv', 'items'],
    ['csv', 'fields'],
    ['xlsx', 'fields'],
    ['csv', 'table'],
  ] as const) {
    const rows = (await rowsOf(await get({ format, layout }), format)) as Record<string, unknown>[];
    expect(rows.map((row) => [String(row._tokens ?? ''), String(row._usd ?? '')])).toEqual([
      ['12', '0.25'],
      ['', ''],
      ['', ''],
    ]);
  }
  const lines = (await get({ format: 'jsonl' })).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line)._usd)).toEqual([0.25, undefined, undefined]);
});

it('contain only the selected rows', async () => {
  expect(await rowsOf(await get({ format: 'xlsx', status: 'failed' }), 'xlsx')).toHaveLength(1);
  expect((await get({ format: 'jsonl', status: 'completed' })).toString().trimEnd().split('\n')).toHaveLength(2);
});

it('are a ZIP of the files of items, in item order, without those of earlier attempts', async () => {
  await pool().query(`update job set status = 'active' where batch_id = $1`, [batchId]);
  const save = (at: number, name: string, content: string) =>
    saveArtifact(
      context,
      { jobId: jobIds[at] ?? '', attempt: 1 },
      { name, contentType: 'text/plain', body: once(Buffer.from(content)) },
    );
  await save(2, 'b.txt', 'third b');
  await save(2, '../../a.txt', 'third a');
  await save(0, 'a.txt', 'first');
  await save(1, 'a.txt', 'second, before');
  await pool().query('update job set attempt = 2 where id = $1', [jobIds[1]]);
  const files = await unzip(await get({ format: 'zip' }));
  expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([
    ['0000001/a.txt', 'first'],
    ['0000003/a.txt', 'third a'],
    ['0000003/b.txt', 'third b'],
  ]);
});

it('are an empty ZIP if no item made a file', async () => {
  expect((await unzip(await get({ format: 'zip' }))).size).toBe(0);
});

it('break off when a file becomes unreadable, instead of ending as if they were whole', async () => {
  await pool().query(`update job set status = 'active' where batch_id = $1`, [batchId]);
  const { fileId } = await saveArtifact(
    context,
    { jobId: jobIds[0] ?? '', attempt: 1 },
    { name: 'a.txt', contentType: 'text/plain', body: once(Buffer.from('x')) },
  );
  const { localStorage } = await import('@/lib/domain/file/storage/local');
  await localStorage.remove(fileId);
  await expect(get({ format: 'zip' })).rejects.toThrow('not readable');
});

function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const found = new Map<string, Buffer>();
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          buffer(stream).then((content) => {
            found.set(entry.fileName, content);
            zip.readEntry();
          }, reject);
        });
      });
      zip.on('end', () => resolve(found));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}

it('have the fields of items also if texts contain NUL or lone surrogates', async () => {
  await pool().query('update job set data = $2 where batch_id = $1', [
    batchId,
    JSON.stringify({ outcome: 'complete', payload: 'a\u0000b \ud800 \\u0000' }),
  ]);
  const [row] = await rowsOf(await get({ format: 'csv', layout: 'fields' }), 'csv');
  expect(row).toMatchObject({ outcome: 'complete', payload: expect.stringMatching(/^a.b . \\u0000$/s) });
  expect(await rowsOf(await get({ format: 'xlsx' }), 'xlsx')).toHaveLength(3);
});

async function tableOf(id: string, query: Partial<ResultsQuery>) {
  const response = await sendResults(
    context,
    await getBatch(context, id),
    resultsQuery.parse({ layout: 'table', ...query }),
  );
  return buffer(response.body as never);
}

const linesOf = (bytes: Buffer) =>
  bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the imported table with results', () => {
  const TABLE = 'zip_code;city;elevation;_status\n00501;=Holtsville;x;a\n00544;Čáslav, "W";-5.00;+49 151\n';

  async function called(extract: Record<string, string>, results: unknown[]) {
    const { id } = await bring(context, 'zips.csv', TABLE, { type: 'bulk-operation' });
    const mapping: Mapping = {
      url: { from: 'template', template: 'http://example.com/{{zip_code}}' },
      ...(Object.keys(extract).length > 0 && { extract: { from: 'constant', value: JSON.stringify(extract) } }),
    };
    await changeImport(context, id, { mapping });
    await checkImport(context, id);
    await workOn(context, id);
    await launchImport(context, id, { name: 'Zips', start: 'now', skipBad: true });
    const batch = (await workOn(context, id)).batchId ?? '';
    for (const [i, result] of results.entries()) {
      await pool().query(
        `update job set status = 'completed', result = $3, finished_at = now() where batch_id = $1 and item_index = $2`,
        [batch, i, JSON.stringify(result)],
      );
    }
    return batch;
  }

  it('has its columns and cells, then the extracted columns, status and error', async () => {
    const id = await called({ elevation: '$.e', n: '$.n' }, [{ status: 200, columns: { elevation: 7, n: [1] } }]);
    const rows = [
      { zip_code: '00501', city: '=Holtsville', elevation: 'x', 'table._status': 'a' },
      { zip_code: '00544', city: 'Čáslav, "W"', elevation: '-5.00', 'table._status': '+49 151' },
    ];
    expect(linesOf(await tableOf(id, { format: 'jsonl' }))).toEqual([
      { ...rows[0], 'result.elevation': 7, n: [1], _status: 'completed', _error: null },
      { ...rows[1], 'result.elevation': null, n: null, _status: 'pending', _error: null },
    ]);
    expect(await readWithPython(await tableOf(id, { format: 'csv' }))).toEqual([
      ['zip_code', 'city', 'elevation', 'table._status', 'result.elevation', 'n', '_status', '_error'],
      ['00501', "'=Holtsville", 'x', 'a', '7', '[1]', 'completed', ''],
      ['00544', 'Čáslav, "W"', '-5.00', '+49 151', '', '', 'pending', ''],
    ]);
    const { Rows: sheet } = await readWithOpenpyxl(await tableOf(id, { format: 'xlsx' }));
    expect(sheet?.[1]).toEqual(['00501', '=Holtsville', 'x', 'a', 7, '[1]', 'completed', null]);
    expect(linesOf(await tableOf(id, { format: 'jsonl', status: 'pending' }))).toMatchObject([{ zip_code: '00544' }]);
    const back = await bring(context, 'back.csv', await tableOf(id, { format: 'csv' }));
    expect(back.preview[0]).toMatchObject({ zip_code: '00501', city: '=Holtsville' });
  });

  it('has the body of calls without output columns', async () => {
    const id = await called({}, [
      { status: 200, body: { e: 1 } },
      { status: 200, body: 'text' },
    ]);
    expect(linesOf(await tableOf(id, { format: 'jsonl' }))).toMatchObject([{ body: { e: 1 } }, { body: 'text' }]);
  });

  it('has the fields of the items if no table was imported, or the items themselves', async () => {
    expect(linesOf(await tableOf(batchId, { format: 'jsonl' }))).toEqual([
      {
        outcome: 'complete',
        payload: '=cmd()',
        'result.payload': '=out',
        attempt: 1,
        _status: 'completed',
        _error: null,
      },
      {
        outcome: 'complete',
        payload: '=cmd()',
        'result.payload': null,
        attempt: null,
        _status: 'failed',
        _error: '@why',
      },
      expect.objectContaining({ _status: 'completed' }),
    ]);
    const bytes = await tableOf(batchId, { format: 'csv', bom: 'true' });
    expect(bytes.toString().split('\r\n')[0]).toBe('\ufeffoutcome,payload,result.payload,attempt,_status,_error');
    await pool().query(`update job set data = '"text"' where batch_id = $1`, [batchId]);
    expect(linesOf(await tableOf(batchId, { format: 'jsonl' }))[0]).toMatchObject({ input: 'text' });
  });
});
