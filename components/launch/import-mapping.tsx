'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { describeError } from '@/lib/client/api';
import { useDeleteMapping, useSaveMapping } from '@/lib/client/mutations/imports';
import { useImportMappings } from '@/lib/client/queries/imports';
import { isImportBusy } from '@/lib/contracts/choices';
import type { ImportField as Field, ImportDto, Mapping } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { ImportField } from './import-field';
import { ImportNames } from './import-names';
import { ImportPart } from './import-part';
import { MoreFields } from './more-fields';
import type { MappingDraft } from './use-mapping-draft';

/** Maps columns to fields, and shows the values for the first row. */
export function ImportMapping({ found, draft }: { found: ImportDto; draft: MappingDraft }) {
  const locked = isImportBusy(found.status);
  const isSet = ({ path }: Field) => draft.mapping[path] !== undefined;
  const set = found.fields.filter(isSet).length;
  // Decided once: a field that gets a source stays where it is.
  const [early] = useState(
    () => new Set(found.fields.filter((field) => field.main || isSet(field)).map(({ path }) => path)),
  );
  const shown = found.fields.filter(({ path }) => early.has(path));
  const folded = found.fields.filter(({ path }) => !early.has(path));
  const setFolded = folded.filter(isSet).length;
  const rowsOf = (fields: readonly Field[]) =>
    fields.map((field) => (
      <ImportField
        key={field.path}
        field={field}
        found={found}
        source={draft.mapping[field.path] ?? null}
        suggested={!draft.pending && found.suggested.includes(field.path)}
        onChange={(source) => draft.set(field.path, source)}
      />
    ));
  return (
    <ImportPart
      title="Columns to fields"
      aside={
        <>
          <span className="text-muted text-xs">
            {set} of {found.fields.length} set
          </span>
          {found.suggested.length > 0 ? <Badge tone="accent">{found.suggested.length} suggested</Badge> : null}
          <span className="ml-auto flex flex-wrap items-center gap-2">
            <Saved found={found} draft={draft} locked={locked} />
          </span>
        </>
      }
    >
      <fieldset disabled={locked} className="min-w-0 rounded-md border">
        <legend className="sr-only">Where each field comes from</legend>
        <ul>{rowsOf(shown)}</ul>
        <MoreFields
          names={folded.map(({ path }) => path)}
          note={setFolded > 0 ? `${setFolded} set` : undefined}
          wrong={folded.some(({ path }) => {
            const source = draft.mapping[path];
            return source?.from === 'column' && !found.columns.includes(source.column);
          })}
          className="rounded-none border-0 border-t"
        >
          <ul>{rowsOf(folded)}</ul>
        </MoreFields>
      </fieldset>
      <ImportNames found={found} draft={draft} locked={locked} />
      {draft.error ? (
        <p role="alert" className="text-status-failed text-xs">
          {describeError(draft.error)}
        </p>
      ) : null}
    </ImportPart>
  );
}

/** Returns whether two mappings are equal, regardless of order. */
function sameMapping(a: Mapping, b: Mapping): boolean {
  const text = (mapping: Mapping) => stringifyJson(Object.entries(mapping).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

/** The saved mappings, and a name to save this one. */
function Saved({ found, draft, locked }: { found: ImportDto; draft: MappingDraft; locked: boolean }) {
  const { data: saved = [] } = useImportMappings(found.type);
  const [name, setName] = useState<string | null>(null);
  const save = useSaveMapping();
  const forget = useDeleteMapping(found.type);
  const current = saved.find((each) => sameMapping(each.mapping, draft.mapping));
  const keep = () => {
    if (!name?.trim()) return;
    save.mutate({ type: found.type, name: name.trim(), mapping: draft.mapping }, { onSuccess: () => setName(null) });
  };
  if (name !== null) {
    return (
      <form
        className="flex items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setName(null);
        }}
      >
        <Input
          aria-label="Name of the mapping"
          placeholder="Name"
          value={name}
          maxLength={100}
          autoFocus
          onChange={(event) => setName(event.target.value)}
          className="h-7 w-40 text-xs"
        />
        <Button type="submit" size="sm" busy={save.isPending} reason={name.trim() ? null : 'Give it a name'}>
          Save
        </Button>
        <Button size="sm" variant="ghost" onClick={() => setName(null)}>
          Cancel
        </Button>
        {save.error ? <span className="text-status-failed text-xs">{describeError(save.error)}</span> : null}
      </form>
    );
  }
  return (
    <>
      {saved.length > 0 ? (
        <Select
          aria-label="Use a saved mapping"
          disabled={locked}
          value={current?.id ?? ''}
          onChange={(event) => {
            const chosen = saved.find((each) => each.id === event.target.value);
            if (chosen) draft.replace(chosen.mapping);
          }}
          className="w-44"
        >
          <option value="">Use a saved mapping</option>
          {saved.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      ) : null}
      {current ? (
        <Button
          size="icon-sm"
          variant="ghost"
          aria-label={`Delete the mapping ${current.name}`}
          busy={forget.isPending}
          onClick={() => forget.mutate(current.id)}
        >
          <Trash2 />
        </Button>
      ) : null}
      <Button
        size="sm"
        variant="ghost"
        reason={Object.keys(draft.mapping).length > 0 ? null : 'Nothing is mapped yet'}
        onClick={() => setName('')}
      >
        Save mapping
      </Button>
    </>
  );
}
