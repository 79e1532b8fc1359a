'use client';

import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { Draft } from './draft';
import { searchableOf, withSearchable } from './searchable';

interface SearchableFieldProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  /** fields of the items, to choose from */
  columns: readonly string[];
}

/** Which fields of the items are found at once across all batches. */
export function SearchableField({ draft: { searchable }, change, columns }: SearchableFieldProps) {
  const { fields, problem } = searchableOf(searchable);
  return (
    <div className="flex min-w-0 flex-col gap-2 sm:col-span-full">
      <Field
        label="Searchable fields"
        hint={`data.${fields[0] ?? 'customer'}:… then finds its values at once across all batches`}
        error={problem}
      >
        {(control) => (
          <Input
            {...control}
            value={searchable}
            maxLength={600}
            placeholder="none"
            onChange={(event) => change(() => ({ searchable: event.target.value }))}
          />
        )}
      </Field>
      {columns.length > 0 ? (
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">Fields of the items</legend>
          {columns.map((column) => (
            <Button
              key={column}
              size="sm"
              aria-pressed={fields.includes(column)}
              className="font-mono text-xs aria-pressed:border-accent aria-pressed:bg-selected"
              onClick={() => change((now) => ({ searchable: withSearchable(now.searchable, column) }))}
            >
              {column}
            </Button>
          ))}
        </fieldset>
      ) : null}
    </div>
  );
}
