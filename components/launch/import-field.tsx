'use client';

import { ArrowLeft } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { AddressError } from '@/lib/contracts/address';
import { cellOf, cellText } from '@/lib/contracts/cell';
import type { FieldSource, ImportDto, ImportField as ImportFieldDto } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { parseTemplate, renderTemplate } from '@/lib/contracts/template';

interface ImportFieldProps {
  field: ImportFieldDto;
  found: ImportDto;
  source: FieldSource | null;
  suggested: boolean;
  onChange: (source: FieldSource | null) => void;
}

const SAMPLES = 3;

/** Returns the value for the first row, or why there is none. */
function preview(
  parts: Parameters<typeof renderTemplate>[0],
  cells: Readonly<Record<string, unknown>>,
): { rendered?: string; wrong?: string } {
  try {
    const rendered = renderTemplate(parts, cells);
    return rendered === undefined ? {} : { rendered };
  } catch (error) {
    if (error instanceof AddressError) return { wrong: error.message };
    throw error;
  }
}

/** Returns the select's value for a source: a column by its name, other sources by their kind. */
const choiceOf = (source: FieldSource | null): string =>
  source === null ? '' : source.from === 'column' ? `column ${source.column}` : source.from;

/** One field of the job type: its source, and the value for the first row. */
export function ImportField({ field, found, source, suggested, onChange }: ImportFieldProps) {
  const { path, required, kind, description, choices } = field;
  const missing = required && !source;
  const choose = (choice: string) => {
    if (choice === '') onChange(null);
    else if (choice.startsWith('column ')) onChange({ from: 'column', column: choice.slice(7) });
    else if (choice === 'constant') onChange({ from: 'constant', value: choices[0] ?? '' });
    else if (choice === 'template') onChange({ from: 'template', template: templateFrom(source) });
    else onChange({ from: 'row' });
  };
  const gone = source?.from === 'column' && !found.columns.includes(source.column);
  return (
    <li
      data-field={path}
      className={cn(
        'grid gap-x-3 gap-y-1 border-b px-3 py-2 last:border-b-0 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_minmax(0,7fr)]',
        missing && 'bg-accent-soft',
      )}
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-mono text-sm [overflow-wrap:anywhere]">{path}</span>
          <span className="text-muted text-xs">{required ? `${kind}, required` : kind}</span>
          {suggested ? <Badge tone="accent">suggested</Badge> : null}
        </p>
        {description ? <p className="text-muted text-xs">{description}</p> : null}
      </div>
      <div className="min-w-0">
        <Select
          aria-label={`Where ${path} comes from`}
          aria-invalid={gone || undefined}
          value={choiceOf(source)}
          onChange={(event) => choose(event.target.value)}
          className="w-full"
        >
          <option value="">{required ? 'Choose' : 'not set'}</option>
          <optgroup label="Columns">
            {gone ? <option value={choiceOf(source)}>{source.column} (not in this file)</option> : null}
            {found.columns.map((column) => (
              <option key={column} value={`column ${column}`}>
                {column}
              </option>
            ))}
          </optgroup>
          <optgroup label="Otherwise">
            <option value="constant">The same value for every row</option>
            <option value="template">A template with columns in it</option>
            {kind === 'json' ? <option value="row">The whole row</option> : null}
          </optgroup>
        </Select>
        {missing ? <p className="mt-1 text-xs">Choose where it comes from</p> : null}
      </div>
      <Gives field={field} found={found} source={source} onChange={onChange} />
    </li>
  );
}

/** A template starts with the previously chosen column. */
const templateFrom = (source: FieldSource | null): string =>
  source?.from === 'column' ? `{{${source.column}}}` : source?.from === 'constant' ? source.value : '';

function Gives({ field, found, source, onChange }: Omit<ImportFieldProps, 'suggested'>) {
  const first = found.preview[0] ?? {};
  if (!source)
    return <p className="flex items-center self-start text-faint text-xs max-md:hidden md:min-h-8">stays unset</p>;
  if (source.from === 'column') {
    const samples = found.preview.slice(0, SAMPLES).map((row) => cellText(cellOf(row, source.column)));
    return (
      <p className="flex min-w-0 items-center gap-2 self-start text-xs md:min-h-8" title={samples.join('\n')}>
        <ArrowLeft className="size-3 shrink-0 text-faint" aria-label="such as" />
        <span className="min-w-0 truncate font-mono text-muted">
          {samples.map((text) => text || '(empty)').join(' · ')}
        </span>
      </p>
    );
  }
  if (source.from === 'row') {
    return <p className="min-w-0 self-start truncate font-mono text-muted text-xs leading-8">{stringifyJson(first)}</p>;
  }
  if (source.from === 'constant') {
    return field.choices.length > 0 ? (
      <Select
        aria-label={`Value of ${field.path}`}
        value={source.value}
        onChange={(event) => onChange({ from: 'constant', value: event.target.value })}
        className="w-full"
      >
        {field.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    ) : (
      <Input
        aria-label={`Value of ${field.path}`}
        value={source.value}
        placeholder="the value of every row"
        onChange={(event) => onChange({ from: 'constant', value: event.target.value })}
        className="font-mono text-xs"
      />
    );
  }
  const parts = parseTemplate(source.template);
  const unknown = parts.flatMap((part) =>
    'column' in part && !found.columns.includes(part.column) && cellOf(first, part.column) === undefined
      ? [part.column]
      : [],
  );
  const { rendered, wrong } = preview(parts, first);
  return (
    <div className="min-w-0">
      <Input
        aria-label={`Template of ${field.path}`}
        aria-invalid={unknown.length > 0 || wrong !== undefined || undefined}
        value={source.template}
        placeholder="https://api.example.com/users/{{id}}"
        onChange={(event) => onChange({ from: 'template', template: event.target.value })}
        className="font-mono text-xs"
        spellCheck={false}
      />
      {unknown.length > 0 || wrong ? (
        <p className="mt-1 text-status-failed text-xs">
          {unknown.length > 0 ? `There is no column ${unknown[0]}.` : `Row 1: ${wrong}`}
        </p>
      ) : (
        <p className="mt-1 truncate font-mono text-muted text-xs" title={rendered}>
          <span className="mr-1.5 font-sans">row 1</span>
          {rendered || '(empty)'}
        </p>
      )}
    </div>
  );
}
