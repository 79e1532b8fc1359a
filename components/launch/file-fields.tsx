'use client';

import type { SchemaField } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import type { Draft } from './draft';
import { MoreFields } from './more-fields';

interface FileFieldsProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  fields: readonly SchemaField[];
  issues: Readonly<Record<string, string>>;
}

/** The fields besides the file, the same for every file: required fields first, optional fields folded. */
export function FileFields({ fields, ...rest }: FileFieldsProps) {
  const required = fields.filter((field) => field.required);
  const others = fields.filter((field) => !field.required);
  if (fields.length === 0) return null;
  return (
    <section aria-label="The same for every file" className="rounded-md border">
      <p className="px-3 pt-2 text-sm">
        The same for every file{' '}
        <span className="text-muted text-xs">
          in a text, <code className="font-mono">{'{{name}}'}</code> is the file’s name
        </span>
      </p>
      {required.length > 0 ? (
        <div className="grid gap-3 p-3 sm:grid-cols-2">
          {required.map((field) => (
            <Constant key={field.name} field={field} {...rest} />
          ))}
        </div>
      ) : null}
      <MoreFields
        names={others.map(({ name }) => name)}
        title={required.length > 0 ? 'More fields' : 'Fields'}
        wrong={others.some(({ name }) => rest.issues[name] !== undefined)}
        className="mt-2 rounded-none border-0 border-t"
      >
        <div className="grid gap-3 p-3 sm:grid-cols-2">
          {others.map((field) => (
            <Constant key={field.name} field={field} {...rest} />
          ))}
        </div>
      </MoreFields>
    </section>
  );
}

function Constant({ field, draft, change, issues }: Omit<FileFieldsProps, 'fields'> & { field: SchemaField }) {
  const { name } = field;
  return (
    <SchemaInput
      field={field}
      value={draft.ofFiles[name] ?? ''}
      error={issues[name]}
      onChange={(value) => change((now) => ({ ofFiles: { ...now.ofFiles, [name]: value } }))}
    />
  );
}
