import { formatCount } from '@/components/ui/format';
import { itemOfForm, type SchemaField } from '@/components/ui/schema-fields';
import type { Mapping } from '@/lib/contracts/import';
import { columnsIn, fillColumn } from '@/lib/contracts/template';
import type { Draft } from './draft';
import { type Items, lines, NOTHING } from './items';
import type { Upload } from './uploads';

/** The field that a stored file goes to, in every job type that takes one. */
export const FILE_FIELD = 'fileId';
const MAX_TITLE = 300;

/** Fields besides the file. If the file is optional, a long text could replace it, so that field is left out. */
export function fieldsBesideFile(fields: readonly SchemaField[]): SchemaField[] {
  const isNeeded = fields.find((field) => field.name === FILE_FIELD)?.required ?? false;
  return fields.filter(({ name, kind }) => name !== FILE_FIELD && (isNeeded || kind !== 'long-text'));
}

/** Each file as an item: the same fields for all of them, with the file's name in place of `{{name}}`. */
export function itemsOfFiles(list: readonly Upload[], draft: Draft, fields: readonly SchemaField[]): Items {
  const others = fieldsBesideFile(fields);
  const { item, issues } = itemOfForm(others, draft.ofFiles);
  const hasTitle = others.some((field) => field.name === 'title');
  const body = () => lines(list.map(({ fileId, name }) => ({ fileId, ...filled(item, name, hasTitle) })));
  const wrong = list.length > 0 ? issues : {};
  return { ...NOTHING, count: list.length, blocked: blockedBy(list, wrong), fieldIssues: wrong, body };
}

function filled(item: Readonly<Record<string, unknown>>, name: string, hasTitle: boolean): Record<string, unknown> {
  const named = Object.entries(item).map(([field, value]) => [
    field,
    typeof value === 'string' ? fillColumn(value, 'name', name) : value,
  ]);
  return { ...(hasTitle && { title: name.slice(-MAX_TITLE) }), ...Object.fromEntries(named) };
}

function blockedBy(list: readonly Upload[], issues: Readonly<Record<string, string>>): string | null {
  const open = list.filter((u) => u.state === 'waiting' || u.state === 'uploading').length;
  const failed = list.filter((u) => u.state === 'failed').length;
  const [wrong] = Object.keys(issues);
  if (list.length === 0) return 'Add at least one file';
  if (open > 0) return `Uploads are not finished: ${open} to go`;
  if (failed > 0) {
    return `${formatCount(failed, 'file')} could not be uploaded: try again, or take ${failed === 1 ? 'it' : 'them'} out`;
  }
  return wrong ? `Say what ${wrong} is for every file` : null;
}

/** The same as a mapping of the list of files, to go on with: templates, a check, a dry run. */
export function mappingOfFiles(draft: Draft, fields: readonly SchemaField[]): Mapping {
  const typed = fieldsBesideFile(fields).flatMap(({ name }) => {
    const text = draft.ofFiles[name] ?? '';
    if (text.trim() === '') return [];
    const isTemplate = columnsIn(text).includes('name');
    return [[name, isTemplate ? { from: 'template', template: text } : { from: 'constant', value: text }]];
  });
  return Object.fromEntries(typed) as Mapping;
}
