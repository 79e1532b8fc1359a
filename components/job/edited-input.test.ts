import { expect, it } from 'vitest';
import { fieldsOf } from '@/components/ui/schema-fields';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { itemOfEdit, shownForm, startEdit } from './edited-input';

const fields = fieldsOf({
  properties: {
    url: { type: 'string' },
    count: { type: 'integer', minimum: 0, maximum: 9 },
    on: { type: 'boolean' },
    payload: {},
  },
  required: ['url'],
});
const input = { url: 'http://a', count: 3, payload: '5', extra: { kept: true } };

it('keeps untouched values with their type', () => {
  expect(itemOfEdit(startEdit(input), fields)).toEqual({ value: input, error: null, issues: {} });
});

it('shows values so that typing them gives the same value', () => {
  const shown = shownForm(startEdit({ ...input, on: true }), fields);
  expect(shown).toEqual({ url: 'http://a', count: '3', on: 'true', payload: '"5"' });
  const touched = { ...startEdit({ ...input, on: true }), form: shown };
  expect(itemOfEdit(touched, fields).value).toEqual({ ...input, on: true });
});

it('applies edited fields and removes emptied ones', () => {
  const edit = { ...startEdit(input), form: { url: 'https://a', count: '', payload: '{"a":1}' } };
  expect(itemOfEdit(edit, fields).value).toEqual({ url: 'https://a', payload: { a: 1 }, extra: { kept: true } });
});

it('reports an error at its field', () => {
  const edit = { ...startEdit(input), form: { url: '', count: '12' } };
  expect(itemOfEdit(edit, fields).issues).toEqual({ url: 'is required', count: 'must be at most 9' });
});

it('reads JSON, or reports that it is invalid', () => {
  expect(itemOfEdit({ ...startEdit(input), mode: 'json', text: '[1]' }, fields).value).toEqual([1]);
  expect(itemOfEdit({ ...startEdit(input), mode: 'json', text: '{' }, fields).error).toContain('not JSON');
});

it('sends every digit of untouched and of edited numbers', () => {
  const fields = fieldsOf({ properties: { payload: {}, count: { type: 'integer' } } });
  const input = parseJson('{"payload":{"id":9007199254740993,"n":0.1000000000000000055},"count":1}');
  const edit = { ...startEdit(input), form: { count: '2' } };
  expect(stringifyJson(itemOfEdit(edit, fields).value)).toBe(
    '{"payload":{"id":9007199254740993,"n":0.1000000000000000055},"count":2}',
  );
  expect(shownForm(edit, fields).payload).toBe('{"id":9007199254740993,"n":0.1000000000000000055}');
  const typed = { ...edit, mode: 'json' as const, text: edit.text.replace('993', '995') };
  expect(stringifyJson(itemOfEdit(typed, fields).value)).toContain('"id":9007199254740995');
  const payload = { ...edit, form: { payload: '3544790567247868103', count: '9007199254740993' } };
  expect(itemOfEdit(payload, fields)).toMatchObject({
    value: { payload: 3544790567247868103n },
    issues: { count: expect.stringContaining('9,007,199,254,740,991') },
  });
});
