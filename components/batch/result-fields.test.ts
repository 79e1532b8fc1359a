import { expect, test } from 'vitest';
import { cellsOfResult, fieldsOfResults } from './result-fields';

test('scalar fields of results become columns, also those of an object inside', () => {
  const previews = [
    'null',
    '{"status":200,"body":null,"columns":{"price":7,"tags":["a"]}}',
    '{"status":404,"late":true}',
  ];
  expect(fieldsOfResults(previews)).toEqual(['status', 'columns.price', 'late']);
  expect(fieldsOfResults(['[1]', '"text"', '17', '{"cut":"he…', '{"a,b":1}'])).toEqual([]);
});

test('a result with very many fields offers the first of them', () => {
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i])));
  expect(fieldsOfResults([wide])).toHaveLength(24);
});

test('cells are texts, empty where a result lacks the field, and none where it was cut', () => {
  expect(cellsOfResult('{"n":9007199254740993,"columns":{"ok":false}}', ['n', 'columns.ok', 'gone'])).toEqual([
    '9007199254740993',
    'false',
    '',
  ]);
  expect(cellsOfResult('{"text":"cut he…', ['text'])).toBeUndefined();
  expect(cellsOfResult('null', ['text'])).toBeUndefined();
  expect(cellsOfResult('{"a":1}', ['__proto__', 'constructor', 'toString'])).toEqual(['', '', '']);
});
