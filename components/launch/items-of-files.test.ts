import { expect, it } from 'vitest';
import { fieldsOf } from '@/components/ui/schema-fields';
import { emptyDraft } from './draft';
import { itemsOfFiles, mappingOfFiles } from './items-of-files';
import type { Upload } from './uploads';

const text = { type: 'string' };
const conversion = fieldsOf({
  properties: { fileId: text, to: { enum: ['csv', 'xlsx'] }, header: { type: 'boolean' }, sheet: text },
  required: ['fileId', 'to'],
});
const documents = fieldsOf({ properties: { fileId: text, text: { type: 'string', maxLength: 9000 }, title: text } });

const upload = (id: number, name: string, rest: Partial<Upload> = {}): Upload => ({
  id,
  name,
  size: 1,
  state: 'done',
  sent: 1,
  fileId: `id-${id}`,
  error: null,
  ...rest,
});
const files = [upload(1, 'a.csv'), upload(2, 'in/b.csv')];
const draft = (ofFiles: Record<string, string>) => ({ ...emptyDraft(), ofFiles });

it('each file is an item with the same other fields', () => {
  const items = itemsOfFiles(
    files,
    draft({ to: 'xlsx', header: 'true', sheet: 'of {{ name }}', text: 'x' }),
    conversion,
  );
  expect(items).toMatchObject({ count: 2, blocked: null });
  expect(items.body()).toEqual([
    { fileId: 'id-1', to: 'xlsx', header: true, sheet: 'of a.csv' },
    { fileId: 'id-2', to: 'xlsx', header: true, sheet: 'of in/b.csv' },
  ]);
});

it('the missing field is named as soon as a file is added', () => {
  expect(itemsOfFiles([], draft({}), conversion)).toMatchObject({ blocked: 'Add at least one file', fieldIssues: {} });
  expect(itemsOfFiles(files, draft({}), conversion)).toMatchObject({
    blocked: 'Say what to is for every file',
    fieldIssues: { to: 'is required' },
  });
  const open = [...files, upload(3, 'c', { state: 'uploading', fileId: null })];
  expect(itemsOfFiles(open, draft({}), conversion).blocked).toBe('Uploads are not finished: 1 to go');
});

it("the title is the file's name unless another is given, and replaced fields are not sent", () => {
  expect(itemsOfFiles(files, draft({ text: 'typed elsewhere' }), documents).body()).toEqual([
    { fileId: 'id-1', title: 'a.csv' },
    { fileId: 'id-2', title: 'in/b.csv' },
  ]);
  expect(itemsOfFiles(files.slice(0, 1), draft({ title: 'T' }), documents).body()).toEqual([
    { fileId: 'id-1', title: 'T' },
  ]);
});

it('files continue as a mapping', () => {
  expect(mappingOfFiles(draft({ to: 'csv', sheet: '{{name}}', header: '' }), conversion)).toEqual({
    to: { from: 'constant', value: 'csv' },
    sheet: { from: 'template', template: '{{name}}' },
  });
});
