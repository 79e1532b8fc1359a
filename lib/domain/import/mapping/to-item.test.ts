import { expect, test } from 'vitest';
import type { Mapping } from '@/lib/contracts/import';
import { fieldsOf } from './fields';
import { itemMaker } from './to-item';

const make = (mapping: Mapping, cells: Record<string, unknown>) => itemMaker('diagnostic', mapping)({ row: 1, cells });
const column = (name: string) => ({ from: 'column', column: name }) as const;

test('fields of a job type come from its own schema', () => {
  const fields = fieldsOf('diagnostic');
  expect(fields.map((field) => [field.path, field.kind])).toEqual([
    ['durationMs', 'integer'],
    ['cpuMs', 'integer'],
    ['outcome', 'choice'],
    ['steps', 'integer'],
    ['warnings', 'integer'],
    ['tokens', 'integer'],
    ['usd', 'number'],
    ['payload', 'json'],
  ]);
  expect(fields[2]?.choices).toContain('fail-once');
});

test('cells become the types of the schema; an empty one is an unset field', () => {
  expect(make({ durationMs: column('a'), steps: column('b') }, { a: ' 12 ', b: '' })).toEqual({
    data: { durationMs: 12 },
  });
  expect(make({ durationMs: column('a') }, { a: 12 })).toEqual({ data: { durationMs: 12 } });
});

test('constants, templates and the whole row can be mapped', () => {
  const mapping: Mapping = {
    steps: { from: 'constant', value: '3' },
    payload: { from: 'row' },
  };
  expect(make(mapping, { a: '1', b: '[x' })).toEqual({ data: { steps: 3, payload: { a: '1', b: '[x' } } });
  expect(make({ payload: { from: 'template', template: '{{a}}!' } }, { a: 'hi' })).toEqual({
    data: { payload: 'hi!' },
  });
});

test('a problem names the field and the column of its value', () => {
  expect(make({ durationMs: column('Dauer') }, { Dauer: 'lang' })).toEqual({
    problems: [{ path: 'durationMs', message: expect.any(String), column: 'Dauer' }],
  });
  const row = itemMaker('diagnostic', {})({ row: 4, broken: 'has 3 cells, the header has 2' });
  expect(row).toEqual({ problems: [{ path: '', message: 'has 3 cells, the header has 2', column: null }] });
});

test('NUL characters are refused everywhere', () => {
  expect(make({ payload: column('a') }, { a: 'x\u0000' })).toMatchObject({ problems: [{ path: 'payload' }] });
  expect(make({ payload: { from: 'row' } }, { a: { b: 'x\u0000' } })).toMatchObject({
    problems: [{ path: 'payload' }],
  });
});

test('a cell that would change the host of an address is a problem of its row', () => {
  const url = { from: 'template' as const, template: 'https://api.example.com/{{kind}}/{{id}}/notes' };
  const make = itemMaker('bulk-operation', { url });
  const row = (id: string) => make({ row: 1, cells: { kind: 'items', id } } as never);
  expect(row('a/b')).toMatchObject({ data: { url: 'https://api.example.com/items/a%2Fb/notes' } });
  for (const id of ['..', '.', '']) {
    expect(row(id)).toMatchObject({ problems: [{ path: 'url', column: 'id' }] });
  }
});
