import { expect, test } from 'vitest';
import { cellOf } from './cell';
import { fillColumn, parseTemplate, renderTemplate } from './template';

const render = (template: string, cells: Record<string, unknown>) => renderTemplate(parseTemplate(template), cells);

test('a template is text with columns in it', () => {
  expect(parseTemplate('a {{ b }}c')).toEqual([{ text: 'a ' }, { column: 'b' }, { text: 'c' }]);
  expect(render('{{first}} {{ last }}', { first: 'Ada', last: 'Lovelace' })).toBe('Ada Lovelace');
  expect(render('no columns', {})).toBe('no columns');
  expect(render('{{}} and {x}', { x: 1 })).toBe('{{}} and {x}');
});

test('in an address cells are encoded, so that none can lead elsewhere', () => {
  const template = 'https://api.example.com/users/{{id}}?q={{q}}';
  expect(render(template, { id: '../admin?x', q: 'a b&c' })).toBe(
    'https://api.example.com/users/..%2Fadmin%3Fx?q=a%20b%26c',
  );
  expect(render('{{url}}', { url: 'https://example.com/a?b' })).toBe('https://example.com/a?b');
  expect(render('https://{{host}}/x/{{id}}', { host: 'a.test', id: 'b/c' })).toBe('https://a.test/x/b%2Fc');
  expect(render('{{base}}/{{id}}', { base: 'https://a.test', id: 'b/c' })).toBe('https://a.test/b%2Fc');
  expect(render('{{base}} by {{who}}', { base: 'https://a.test', who: 'b c' })).toBe('https://a.test by b c');
  expect(() => render('https://a.test/items/{{id}}/notes', { id: '..' })).toThrow(
    'The column “id” makes “..” of a part of the path, which means another path.',
  );
  expect(() => render('https://a.test/{{id}}/{{n}}', { id: '', n: 1 })).toThrow('The column “id” is empty');
});

test('one column can be filled without changing the others', () => {
  expect(fillColumn('{{ name }}: {{id}} {{ secret:A }} $&', 'name', '$& {{id}}')).toBe(
    '$& {{id}}: {{id}} {{ secret:A }} $&',
  );
});

test('a template whose columns are all empty has no value', () => {
  expect(render('id-{{id}}', { id: '' })).toBeUndefined();
  expect(render('{{a}}-{{b}}', { a: '', b: 'x' })).toBe('-x');
});

test('a column is a cell of that name or a path into an object, never an inherited property', () => {
  expect(cellOf({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
  expect(cellOf({ a: { b: 2 } }, 'a.b')).toBe(2);
  expect(cellOf({}, 'constructor')).toBeUndefined();
  expect(cellOf({ a: {} }, 'a.__proto__')).toBeUndefined();
});
