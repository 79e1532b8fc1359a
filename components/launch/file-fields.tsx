'use client';

import { ChevronRight } from 'lucide-react';
import type { SchemaField } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import type { Draft } from './draft';

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
  const wrong = others.some((field) => rest.issues[field.name] !== undefined);
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
      {others.length > 0 ? (
        <details className="group mt-2 border-t" open={wrong || undefined}>
          <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
            <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
            <span className="shrink-0">{required.length > 0 ? 'More fields' : 'Fields'}</span>
            <span className="min-w-0 truncate font-mono text-muted text-xs">
              {others.map((field) => field.name).join(', ')}
            </span>
          </summary>
          <div className="grid gap-3 border-t p-3 sm:grid-cols-2">
            {others.map((field) => (
              <Constant key={field.name} field={field} {...rest} />
            ))}
          </div>
        </details>
      ) : null}
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
