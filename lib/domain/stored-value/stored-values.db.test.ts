import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { contentsOfOrganization } from '@/lib/domain/privacy/contents-of-organization';
import { expire } from '@/lib/domain/retention/expire';
import { createOrganization } from '@/lib/testing/factories';
import { addToValue, deleteValue, MAX_VALUES, readValue, type Shelf, writeValue } from './stored-values';

let shelf: Shelf;
beforeEach(async () => {
  shelf = { organizationId: await createOrganization(), type: 'sync' };
});

const end = (key: string) => pool().query('update stored_value set expires_at = now() where key = $1', [key]);

test('a value belongs to its organization and type, keeps every digit, and is gone when it has expired', async () => {
  const others = [
    { ...shelf, type: 'other' },
    { ...shelf, organizationId: await createOrganization() },
  ];
  expect(await writeValue(shelf, 'a|b', '{"n":12345678901234567890}', 60)).toBe(true);
  for (const other of others) {
    expect(await readValue(other, 'a|b')).toBeUndefined();
    expect(await deleteValue(other, 'a|b')).toBe(false);
  }
  expect(await readValue(shelf, 'a|b')).toBe('{"n":12345678901234567890}');
  expect(await writeValue(shelf, 'a|b', '2', 60)).toBe(true);
  expect(await readValue(shelf, 'a|b')).toBe('2');
  await end('a|b');
  expect(await readValue(shelf, 'a|b')).toBeUndefined();
  expect(await deleteValue(shelf, 'a|b')).toBe(false);
  await writeValue(shelf, 'a|b', '3', 60);
  expect(await deleteValue(shelf, 'a|b')).toBe(true);
});

test('additions at the same time are all counted, and an expired number begins anew', async () => {
  const sums = await Promise.all(Array.from({ length: 20 }, () => addToValue(shelf, 'n', 2, 60)));
  expect(sums.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, i) => 2 * (i + 1)));
  await end('n');
  expect(await addToValue(shelf, 'n', 0.5, 60)).toBe(0.5);
  expect(await addToValue(shelf, 'n', -1, 60)).toBe(-0.5);
  await writeValue(shelf, 'text', '"7"', 60);
  expect(await addToValue(shelf, 'text', 1, 60)).toBe('no-number');
  expect(await readValue(shelf, 'text')).toBe('"7"');
});

test('an addition keeps the end of the number', async () => {
  await addToValue(shelf, 'window', 1, 60);
  await addToValue(shelf, 'window', 1, 86_400);
  const { rows } = await pool().query(
    `select expires_at < now() + interval '2 minutes' as soon from stored_value where key = 'window'`,
  );
  expect(rows).toEqual([{ soon: true }]);
});

test('a full type takes no further key until one expires, and changes those that it has', async () => {
  await pool().query(
    `insert into stored_value select $1, 'sync', 'k' || i, '0', now() + interval '1 hour' from generate_series(1, $2::int) i`,
    [shelf.organizationId, MAX_VALUES],
  );
  expect(await writeValue(shelf, 'more', '1', 60)).toBe(false);
  expect(await addToValue(shelf, 'more', 1, 60)).toBe('full');
  expect(await writeValue({ ...shelf, type: 'other' }, 'more', '1', 60)).toBe(true);
  expect(await writeValue(shelf, 'k7', '1', 60)).toBe(true);
  expect(await addToValue(shelf, 'k7', 1, 60)).toBe(2);
  await end('k9');
  expect(await writeValue(shelf, 'more', '1', 60)).toBe(true);
});

test('what has expired is deleted, the rest is exported', async () => {
  for (const key of ['old', 'x|1', 'x|2']) await writeValue(shelf, key, '{"at":1}', 60);
  await end('old');
  const exported: string[] = [];
  for await (const { name, lines } of contentsOfOrganization(shelf.organizationId)) {
    if (name === 'values.jsonl') for await (const line of lines) exported.push(JSON.parse(line).key);
  }
  expect(exported).toEqual(['x|1', 'x|2']);
  await expire(10_000);
  const { rows } = await pool().query('select key from stored_value where organization_id = $1 order by key', [
    shelf.organizationId,
  ]);
  expect(rows).toEqual([{ key: 'x|1' }, { key: 'x|2' }]);
});
