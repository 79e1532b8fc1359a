'use client';

import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import type { LaunchKind } from '@/lib/contracts/scheduled-launch';
import { ItemSourceFields } from './item-source-fields';
import type { FieldsProps } from './when-fields';

const CONTENT: Record<LaunchKind, { label: string; hint: string; placeholder: string }> = {
  batch: {
    label: 'Items',
    hint: 'A JSON list, or one JSON value on each line',
    placeholder: '{ "text": "first" }\n{ "text": "second" }',
  },
  job: { label: 'Input', hint: 'JSON, as the job type wants it', placeholder: '{ "text": "first" }' },
  flow: {
    label: 'Flow',
    hint: 'JSON: name, type, data and children of the root',
    placeholder: '{ "name": "report", "type": "collect", "children": [] }',
  },
};

/** What a schedule launches. */
export function WhatFields({ draft, errors, onChange }: FieldsProps) {
  const { label, hint, placeholder } = CONTENT[draft.kind];
  const isTyped = draft.kind !== 'batch' || draft.source === 'items';
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Launches">
        {(control) => (
          <Select
            {...control}
            value={draft.kind}
            onChange={(event) => onChange({ kind: event.target.value as LaunchKind, rest: {} })}
          >
            <option value="batch">a batch</option>
            <option value="job">a single job</option>
            <option value="flow">a flow</option>
          </Select>
        )}
      </Field>
      {draft.kind === 'flow' ? null : <TypeField draft={draft} errors={errors} onChange={onChange} />}
      {draft.kind === 'flow' ? null : (
        <Field
          label={draft.kind === 'batch' ? 'Name of each batch' : 'Name of each job'}
          note="optional"
          className="sm:col-span-full"
        >
          {(control) => (
            <Input
              {...control}
              value={draft.title}
              maxLength={200}
              placeholder={draft.kind === 'batch' ? draft.name || 'the name of the schedule' : undefined}
              onChange={(event) => onChange({ title: event.target.value })}
            />
          )}
        </Field>
      )}
      {draft.kind === 'batch' ? <ItemSourceFields draft={draft} errors={errors} onChange={onChange} /> : null}
      {isTyped ? (
        <Field label={label} hint={hint} error={errors.content} className="sm:col-span-full">
          {(control) => (
            <Textarea
              {...control}
              rows={draft.kind === 'flow' ? 12 : 6}
              value={draft.content}
              placeholder={placeholder}
              onChange={(event) => onChange({ content: event.target.value })}
              spellCheck={false}
              className="font-mono text-xs"
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}

function TypeField({ draft, errors, onChange }: FieldsProps) {
  const { data: types = [] } = useLaunchableTypes();
  return (
    <Field label="Job type" error={errors.type}>
      {(control) => (
        <Select {...control} value={draft.type} onChange={(event) => onChange({ type: event.target.value })}>
          <option value="">Choose</option>
          {draft.type && !types.some(({ type }) => type === draft.type) ? <option>{draft.type}</option> : null}
          {types.map(({ type, title }) => (
            <option key={type} value={type}>
              {title}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
