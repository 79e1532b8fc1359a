import pg from 'pg';
import { expect, test } from 'vitest';
import { sql } from './sql';

test('values become numbered parameters in their order', () => {
  const statement = sql`select 1 from job where id = ${'a'}::uuid and attempt > ${2}`;
  expect(statement.text).toBe('select 1 from job where id = $1::uuid and attempt > $2');
  expect(statement.values).toEqual(['a', 2]);
});

test('fragments nest, and the numbers run through all of them', () => {
  const status = sql`status = any(${['failed']})`;
  const where = sql.join([sql`batch_id = ${'b'}`, status, sql`not ${sql`quarantined`}`], ' and ');
  const statement = sql`select ${sql`id, name`} from job where ${where} limit ${10}`;
  expect(statement.text).toBe(
    'select id, name from job where batch_id = $1 and status = any($2) and not quarantined limit $3',
  );
  expect(statement.values).toEqual(['b', ['failed'], 10]);
});

test('an empty fragment adds nothing, and undefined is a value', () => {
  const statement = sql`select ${sql``}${undefined}`;
  expect(statement.text).toBe('select $1');
  expect(statement.values).toEqual([undefined]);
});

test('a literal stays in the text, with its quotes doubled', () => {
  expect(sql`select ${sql.literal("it's")}, ${sql.literal(0.05)}`.text).toBe("select 'it''s', 0.05");
});

test('pg gets the text, the values and the name of a prepared statement on each use', () => {
  const statement = sql`select ${1}::int`.named('one');
  for (let i = 0; i < 2; i += 1) {
    const query = new pg.Query(statement) as unknown as Record<string, unknown>;
    expect(query).toMatchObject({ text: 'select $1::int', values: [1], name: 'one', callback: undefined });
  }
});
