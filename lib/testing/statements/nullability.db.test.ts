import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl } from '@/lib/config/env';
import { NullabilityReader } from './nullability';

const client = new pg.Client({ connectionString: databaseUrl() });
const reader = new NullabilityReader(client);

beforeAll(async () => {
  await client.connect();
  await reader.open();
});

afterAll(() => client.end());

test.each<[string, string[]]>([
  ['select id, batch_id, $1 from job', ['never', 'null', 'unknown']],
  [
    'select count(*), sum(attempt), coalesce(sum(attempt), 0), max(id::text) from job',
    ['never', 'null', 'never', 'null'],
  ],
  [
    'select type, sum(attempt), sum(item_index), count(*) from job group by type',
    ['never', 'never', 'unknown', 'never'],
  ],
  ['select batch_id from job where batch_id is not null', ['never']],
  ['select batch_id from job where batch_id = $2 or batch_id > $3 and id = $4', ['never']],
  ['select batch_id from job where batch_id = $2 or id = $3', ['null']],
  ['select j.id, b.name from job j join batch b on b.id = j.batch_id', ['never', 'never']],
  [
    'select exists (select from job), array(select id from job), (select count(*) from job)',
    ['never', 'never', 'never'],
  ],
  ['select (select name from batch limit 1), (select max(total) from batch)', ['null', 'null']],
  ['select case when attempt > 1 then 1 end, case when attempt > 1 then 1 else 2 end from job', ['null', 'never']],
  [
    `select data->>'a', (data->>'a')::int + 1, nullif(name, ''), null, attempt + 1, now() from job`,
    ['null', 'null', 'null', 'null', 'never', 'never'],
  ],
  ['select id, batch_id from job union all select id, id from batch', ['never', 'null']],
  ['with w as (select batch_id as b, id from job) select w.b, w.id from w', ['null', 'never']],
  ['update job set consumer_id = null where consumer_id = $5 returning id, consumer_id', ['never', 'null']],
  [
    'with w as (delete from job returning batch_id, id) select * from (select batch_id, id from w) x',
    ['null', 'never'],
  ],
])('reads the columns of %s', async (text, expected) => {
  expect(await reader.read(text, ['text', 'uuid', 'uuid', 'uuid', 'int'])).toEqual(expected);
});

test('a column is never taken for a value that an outer join may leave out', async () => {
  const text = 'select j.id, b.id, b.name from job j left join batch b on b.id = j.batch_id';
  const [left, ...right] = await reader.read(text, []);
  expect(left).not.toBe('null');
  expect(right).not.toContain('never');
});
