import { expect, test } from 'vitest';
import { parseItems } from './parse-items';

const type = { fieldNames: ['durationMs', 'outcome', 'payload'], lineField: 'payload' };
const parse = (text: string) => parseItems(text, 'auto', type);

test('a JSON array is a list of items, and a single value is one item', () => {
  expect(parse('[{"durationMs":1},{}]')).toMatchObject({ format: 'json', count: 2, issues: [] });
  expect(parseItems('{"durationMs":1}', 'json', type).count).toBe(1);
  expect(parse('[{"durationMs":1},')).toMatchObject({ count: 0, issues: [{ path: '' }] });
});

test('JSON lines skip blank lines, and broken ones are named by their row', () => {
  const parsed = parse('{"durationMs":1}\n\n{broken\n{}\r\n');
  expect(parsed).toMatchObject({ format: 'ndjson', count: 3, issues: [{ row: 2 }] });
  expect(parsed.preview.map((p) => p.row)).toEqual([1, 2, 3]);
});

test('one JSON object over several lines is one item', () => {
  expect(parse('{\n  "payload": 9007199254740993\n}\n')).toMatchObject({ format: 'json', count: 1, issues: [] });
  expect(parse('{\n  "payload": \n}')).toMatchObject({
    format: 'json',
    count: 0,
    issues: [{ path: '', message: 'is not valid JSON (line 3)' }],
  });
});

test.each(['[{"payload":1}]', '{"payload":1}\n', '{\n"payload":1}', 'payload,outcome\n1,ok\n', 'first'])(
  'a byte order mark is ignored in %j',
  (text) => {
    expect(parse(`\uFEFF${text}`)).toEqual(parse(text));
  },
);

test('blank rows are not items and keep their number, as on the server', () => {
  const parsed = parse('durationMs,outcome\n1,ok\n , \n,,\n7\n');
  expect(parsed).toMatchObject({ count: 2, issues: [{ row: 4, message: 'has 1 cells, the header has 2' }] });
  expect(parsed.preview.map(({ row }) => row)).toEqual([1, 4]);
});

test('a table is recognized by its header and sent unchanged', () => {
  const parsed = parse('durationMs;outcome\n5;"a;b"\n7\n');
  expect(parsed).toMatchObject({ format: 'csv', count: 2, items: null, header: ['durationMs', 'outcome'] });
  expect(parsed.issues).toEqual([{ row: 2, path: '', message: 'has 1 cells, the header has 2' }]);
});

test('any other text is a list of plain lines', () => {
  expect(parse('first, with a comma\n\nsecond')).toMatchObject({
    format: 'lines',
    items: [{ payload: 'first, with a comma' }, { payload: 'second' }],
  });
});
