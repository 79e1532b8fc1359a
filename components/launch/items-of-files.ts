import { formatCount } from '@/components/ui/format';
import { itemOfForm, type SchemaField } from '@/components/ui/schema-fields';
import type { Mapping } from '@/lib/contracts/import';
import { columnsIn, fillColumn } from '@/lib/contracts/template';
import type { Draft } from './draft';
import { type Items, lines, NOTHING } from './items';
import type { Upload } from './uploads';

/** The name of the field for a stored file, in every job type that takes files. */
export const FILE_FIELD = 'fileId';
const MAX_TITLE = 300;

/** Returns the fields besides the file. If the file is optional, the long text field can replace it and is left out. */
export function fieldsBesideFile(fields: readonly SchemaField[]): SchemaField[] {
  const isNeeded = fields.find((field) => field.name === FILE_FIELD)?.required ?? false;
  return fields.filter(({ name, kind }) => name !== FILE_FIELD && (isNeeded || kind !== 'long-text'));
}

/** Returns one item for each file, with the same fields. `{{name}}` is replaced by the file's name. */
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

/** Returns the same fields as a mapping of the file list, so that an import can continue: templates, check, dry run. */
export function mappingOfFiles(draft: Draft, fields: readonly SchemaField[]): Mapping {
  const typed = fieldsBesideFile(fields).flatMap(({ name }) => {
    const text = draft.ofFiles[name] ?? '';
    if (text.trim() === '') return [];
    const isTemplate = columnsIn(text).includes('name');
    return [[name, isTemplate ? { from: 'template', template: text } : { from: 'constant', value: text }]];
  });
  return Object.fromEntries(typed) as Mapping;
}
