'use client';

import { ChevronRight } from 'lucide-react';
import { type OptionField, unsetText } from '@/components/shared/batch-options';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SchemaInput } from '@/components/ui/schema-input';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import type { Draft } from './draft';
import { NotifyFields } from './notify-fields';
import { searchableOf } from './searchable';
import { SearchableField } from './searchable-field';

const START: { value: LaunchFields['start']; title: string; hint: string }[] = [
  { value: 'now', title: 'Now', hint: 'refused while there is no capacity' },
  { value: 'queue', title: 'When there is capacity', hint: 'waits for a slot and starts automatically' },
  { value: 'manual', title: 'By hand', hint: 'waits until somebody starts it' },
];

interface StepHowProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  defaults: JobTypeDefaults;
  optionFields: readonly OptionField[];
  /** validation errors, by field name */
  issues: Readonly<Record<string, string>>;
  /** fields of the items that can be made searchable */
  columns: readonly string[];
  /** the options as a sentence, shown while they are folded */
  summary: string;
}

/** The third step: the start and the limits. The default options are folded. */
export function StepHow({ draft, change, defaults, optionFields, issues, columns, summary }: StepHowProps) {
  const wrong = Object.keys(issues).length > 0 || searchableOf(draft.searchable).problem !== null;

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <fieldset className="grid gap-2 sm:grid-cols-3">
        <legend className="mb-1 font-medium text-xs">Start</legend>
        {START.map(({ value, title, hint }) => (
          <label
            key={value}
            className={cn(
              'cursor-pointer rounded-md border px-3 py-2 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2',
              draft.start === value ? 'border-accent bg-selected' : 'hover:border-control-line hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="start"
              value={value}
              checked={draft.start === value}
              onChange={() => change(() => ({ start: value }))}
              aria-label={title}
              className="sr-only"
            />
            <span className="block font-medium text-sm">{title}</span>
            <span className="block text-muted text-xs">{hint}</span>
          </label>
        ))}
      </fieldset>
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-(--accent)"
          checked={draft.keepOpen === true}
          onChange={(event) => change(() => ({ keepOpen: event.target.checked }))}
        />
        <span>
          Keep open for more items
          <span className="block text-muted text-xs">
            it ends only when it is sealed, by hand or an hour after the last item came
          </span>
        </span>
      </label>
      <details className="group rounded-md border" open={wrong || undefined}>
        <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
          <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
          <span className="shrink-0 font-medium">Options</span>
          <span className="min-w-0 truncate text-muted text-xs group-open:invisible">{summary}</span>
        </summary>
        <div className="grid gap-3 border-t p-3 sm:grid-cols-2 xl:grid-cols-3">
          {optionFields.map((field) => (
            <SchemaInput
              key={field.name}
              field={field}
              value={draft.options[field.name] ?? ''}
              error={issues[field.name]}
              unset={unsetText(field, defaults)}
              onChange={(value) => change((now) => ({ options: { ...now.options, [field.name]: value } }))}
            />
          ))}
          <Field label="Unique key" hint="no second batch with this key while one is unfinished">
            {(control) => (
              <Input
                {...control}
                maxLength={200}
                value={draft.uniqueKey}
                placeholder="none"
                onChange={(event) => change(() => ({ uniqueKey: event.target.value }))}
              />
            )}
          </Field>
          <SearchableField draft={draft} change={change} columns={columns} />
        </div>
      </details>
      <NotifyFields draft={draft} change={change} />
    </div>
  );
}
