import { formOfItem, itemOfForm, type SchemaField } from '@/components/ui/schema-fields';
import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';

/** The state of an input that is being edited. */
export interface InputEdit {
  mode: 'form' | 'json';
  /** the original input; fields that the user did not edit keep their exact value */
  base: unknown;
  /** edited fields, as typed */
  form: Record<string, string>;
  text: string;
}

type Parsed = { value: unknown; error: null } | { value: undefined; error: string };

/** Parses typed JSON, or returns the browser's error message. */
function readTyped(text: string): Parsed {
  try {
    return { value: parseJson(text) as unknown, error: null };
  } catch (error) {
    return { value: undefined, error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export const startEdit = (input: unknown): InputEdit => ({
  mode: 'form',
  base: input,
  form: {},
  text: stringifyJson(input, 2) ?? 'null',
});

/** Returns the values that the form shows. */
export const shownForm = ({ base, form }: InputEdit, fields: readonly SchemaField[]): Record<string, string> => ({
  ...formOfItem(fields, base),
  ...form,
});

/** Returns the edited input, and its errors: as a whole, or by field. */
export function itemOfEdit(
  edit: InputEdit,
  fields: readonly SchemaField[],
): Parsed & { issues: Record<string, string> } {
  if (edit.mode === 'json') return { ...readTyped(edit.text), issues: {} };
  const touched = fields.filter(({ name }) => name in edit.form);
  const { item, issues } = itemOfForm(touched, edit.form);
  const value: Record<string, unknown> = isFields(edit.base) ? { ...edit.base } : {};
  for (const { name } of touched) {
    if (name in item) value[name] = item[name];
    else delete value[name];
  }
  return { value, error: null, issues };
}
