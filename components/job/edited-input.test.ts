import { expect, it } from 'vitest';
import { fieldsOf } from '@/components/ui/schema-fields';
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

it('keeps what nobody touches, to the type', () => {
  expect(itemOfEdit(startEdit(input), fields)).toEqual({ value: input, error: null, issues: {} });
});

it('shows values so that they would come back as they are', () => {
  const shown = shownForm(startEdit({ ...input, on: true }), fields);
  expect(shown).toEqual({ url: 'http://a', count: '3', on: 'true', payload: '"5"' });
  const touched = { ...startEdit({ ...input, on: true }), form: shown };
  expect(itemOfEdit(touched, fields).value).toEqual({ ...input, on: true });
});

it('takes over what was typed, and takes away what was emptied', () => {
  const edit = { ...startEdit(input), form: { url: 'https://a', count: '', payload: '{"a":1}' } };
  expect(itemOfEdit(edit, fields).value).toEqual({ url: 'https://a', payload: { a: 1 }, extra: { kept: true } });
});

it('says what is wrong at the field', () => {
  const edit = { ...startEdit(input), form: { url: '', count: '12' } };
  expect(itemOfEdit(edit, fields).issues).toEqual({ url: 'is required', count: 'must be at most 9' });
});

it('reads JSON, or says that it is none', () => {
  expect(itemOfEdit({ ...startEdit(input), mode: 'json', text: '[1]' }, fields).value).toEqual([1]);
  expect(itemOfEdit({ ...startEdit(input), mode: 'json', text: '{' }, fields).error).toContain('not JSON');
});
