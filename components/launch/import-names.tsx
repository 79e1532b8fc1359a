'use client';

import { useId } from 'react';
import { Select } from '@/components/ui/select';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import { cellOf, cellText } from '@/lib/contracts/cell';
import type { ImportDto } from '@/lib/contracts/import';
import type { MappingDraft } from './use-mapping-draft';

const SAMPLES = 3;

interface ImportNamesProps {
  found: ImportDto;
  draft: MappingDraft;
  locked: boolean;
}

/** The choice of the column whose cells are the names of the items, with the names of the first rows. */
export function ImportNames({ found, draft, locked }: ImportNamesProps) {
  const id = useId();
  const { data: types } = useLaunchableTypes();
  const title = types?.find(({ type }) => type === found.type)?.title;
  const { nameBy } = draft;
  const names = nameBy === null ? [] : found.preview.slice(0, SAMPLES).map((row) => cellText(cellOf(row, nameBy)));
  return (
    <div className="grid items-center gap-x-3 gap-y-1 rounded-md border px-3 py-2 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_minmax(0,7fr)]">
      <label htmlFor={id} className="text-sm">
        Name items by
      </label>
      <Select
        id={id}
        disabled={locked}
        value={nameBy === null ? '' : `column ${nameBy}`}
        onChange={(event) => draft.setNameBy(event.target.value.slice('column '.length) || null)}
        className="w-full"
      >
        <option value="">the job type{title ? ` (${title})` : ''}</option>
        <optgroup label="Columns">
          {found.columns.map((column) => (
            <option key={column} value={`column ${column}`}>
              {column}
            </option>
          ))}
        </optgroup>
      </Select>
      <p className="min-w-0 truncate text-muted text-xs" title={names.join('\n')}>
        {nameBy === null
          ? 'names are made as the job type does it'
          : names.map((text) => text || '(named by the job type)').join(' · ')}
      </p>
    </div>
  );
}
