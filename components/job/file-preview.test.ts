import { expect, it } from 'vitest';
import { previewKindOf, previewOf } from './file-preview';

const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
  ['image/png', 'image'],
  ['image/svg+xml', 'text'],
  ['text/html', 'text'],
  ['text/csv', 'table'],
  ['application/x-ndjson', 'json'],
  ['application/pdf', 'none'],
  ['application/octet-stream', 'none'],
])('%s is shown as %s', (type, kind) => {
  expect(previewKindOf(type)).toBe(kind);
});

it('reads CSV with quotes, line breaks and semicolons', () => {
  expect(previewOf(bytes('\ufeffa,b\r\n"x, ""y""","1\n2"\r\nz,\r\n'), 'table', 'text/csv')).toEqual({
    kind: 'table',
    columns: ['a', 'b'],
    rows: [
      ['x, "y"', '1\n2'],
      ['z', ''],
    ],
    more: false,
  });
  expect(previewOf(bytes('a;b\n1;2'), 'table', 'text/csv')).toMatchObject({ rows: [['1', '2']] });
});

it('shows JSON lines and arrays as tables, and invalid ones as text', () => {
  const table = {
    kind: 'table',
    columns: ['a', 'b'],
    rows: [
      ['1', ''],
      ['x', '{"c":2}'],
    ],
  };
  expect(previewOf(bytes('{"a":1}\n{"a":"x","b":{"c":2}}\n{"cut'), 'json', 'application/x-ndjson')).toMatchObject(
    table,
  );
  expect(previewOf(bytes('[{"a":1},{"a":"x","b":{"c":2}}]'), 'json', 'application/json')).toMatchObject(table);
  expect(previewOf(bytes('{"a":'), 'json', 'application/json')).toEqual({ kind: 'text', text: '{"a":' });
});

it('shows at most one screen of rows', () => {
  const look = previewOf(bytes(`n\n${'1\n'.repeat(1000)}`), 'table', 'text/csv');
  expect(look).toMatchObject({ more: true });
  expect(look.kind === 'table' && look.rows.length).toBe(50);
});
