'use client';

import { type FormEvent, useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useCreateView, useUpdateView } from '@/lib/client/mutations/views';
import { useViewer } from '@/lib/client/queries/system';
import type { ViewDto } from '@/lib/contracts/view';
import { columnsText, type ListQuery } from './use-list-query';

interface ViewFormProps {
  list: ListQuery;
  query: string;
  /** the view that is changed; absent: a new one */
  view?: ViewDto;
  onDone: () => void;
}

/** The form of a view: its name, its columns, who sees it, and whether the list opens with it. */
export function ViewForm({ list, query, view, onDone }: ViewFormProps) {
  const of = list.kind;
  const { data: viewer } = useViewer();
  const [name, setName] = useState(view?.name ?? '');
  const [text, setText] = useState(query);
  const [shared, setShared] = useState(view?.shared ?? false);
  const [columns, setColumns] = useState(view ? view.columns : list.columns);
  const [isDefault, setIsDefault] = useState(view?.isDefault ?? false);
  const create = useCreateView();
  const update = useUpdateView();
  const toast = useToast();
  const saving = view ? update : create;
  const refused = roleReason(viewer, 'view.share', 'share views');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), query: text.trim(), columns: columns && [...columns], shared, isDefault };
    const done = {
      onSuccess: () => {
        toast({ title: view ? 'The view was changed' : 'The view was saved', tone: 'success' });
        onDone();
      },
    };
    if (view) update.mutate({ id: view.id, ...body }, done);
    else create.mutate({ of, ...body }, done);
  };
  return (
    <FormDialog
      title={view ? 'Change view' : 'Save view'}
      confirm={view ? 'Save changes' : 'Save view'}
      busy={saving.isPending}
      onSubmit={submit}
    >
      <Field label="Name">
        {(control) => (
          <Input {...control} value={name} maxLength={80} required onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label="Query" hint="Empty: everything">
        {(control) => (
          <Input
            {...control}
            value={text}
            maxLength={2000}
            spellCheck={false}
            className="font-mono text-xs"
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <ColumnsField list={list} saved={view?.columns ?? null} columns={columns} onChange={setColumns} />
      <Choice label="Everybody in the organization sees it" checked={shared} onChange={setShared} refused={refused} />
      <Choice
        label={shared ? `The list of ${of} opens with it for everybody` : `My list of ${of} opens with it`}
        checked={isDefault}
        onChange={setIsDefault}
        refused={null}
      />
      {saving.error ? <Notice tone="error">{describeError(saving.error)}</Notice> : null}
    </FormDialog>
  );
}

interface ColumnsFieldProps {
  list: ListQuery;
  /** those of the view that is changed */
  saved: readonly string[] | null;
  columns: readonly string[] | null;
  onChange: (columns: string[] | null) => void;
}

/** Which columns a view shows. Nothing is asked where nobody has chosen any. */
function ColumnsField({ list, saved, columns, onChange }: ColumnsFieldProps) {
  const offered = [
    { title: 'as saved', columns: saved },
    { title: 'as shown now', columns: list.columns },
    { title: 'those of the list itself', columns: null },
  ].filter((each, i, all) => i === all.length - 1 || each.columns !== null);
  const distinct = offered.filter(
    (each, i) => offered.findIndex((other) => columnsText(other.columns) === columnsText(each.columns)) === i,
  );
  if (distinct.length < 2) return null;
  return (
    <Field label="Columns">
      {(control) => (
        <Select
          {...control}
          value={columnsText(columns)}
          onChange={({ target }) => onChange(target.value ? target.value.split(',') : null)}
        >
          {distinct.map((each) => (
            <option key={each.title} value={columnsText(each.columns)}>
              {each.title}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

interface ChoiceProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** why the role may not choose it */
  refused: string | null;
}

function Choice({ label, checked, onChange, refused }: ChoiceProps) {
  if (refused !== null) return <p className="text-muted text-xs">{refused}.</p>;
  return (
    <label className="flex cursor-pointer items-baseline gap-2 text-sm">
      <input
        type="checkbox"
        className="accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
