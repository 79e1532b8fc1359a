'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SearchInput } from '@/components/ui/search-input';
import { Select } from '@/components/ui/select';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { useAuditActors } from '@/lib/client/queries/audit';
import type { AuditActorDto } from '@/lib/contracts/audit';
import { AUDITED } from '@/lib/contracts/audit-words';
import type { ShownFilters } from './filters';

/** Filters above the audit log: who, what, on which object, and when. The URL holds all of them. */
export function AuditFilterBar({ shown }: { shown: ShownFilters }) {
  const [, change] = useUrlFilters();
  const { data: actors = [] } = useAuditActors();
  const unknown = shown.actor && !actors.some(({ id }) => id === shown.actor);
  return (
    <search className="grid grid-cols-2 items-end gap-2 sm:grid-cols-3 xl:grid-cols-[1fr_1fr_1.2fr_auto_auto]">
      <Select aria-label="Who" value={shown.actor} onChange={(event) => change({ actor: event.target.value })}>
        <option value="">Everybody</option>
        {unknown ? <option value={shown.actor}>{shown.actor}</option> : null}
        {groupsOf(actors).map(({ title, members }) => (
          <optgroup key={title} label={title}>
            {members.map(({ id, name }) => (
              <option key={id} value={id ?? ''}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <Select aria-label="What" value={shown.what} onChange={(event) => change({ what: event.target.value })}>
        <option value="">Everything</option>
        {shown.what && !(shown.what in AUDITED) ? <option>{shown.what}</option> : null}
        {Object.entries(AUDITED).map(([entity, title]) => (
          <option key={entity} value={entity}>
            {title}
          </option>
        ))}
      </Select>
      <SearchInput
        label="Id of the object"
        value={shown.target}
        onSearch={(target) => change({ target })}
        className="max-sm:col-span-2"
      />
      <Day label="From" value={shown.from} onChange={(from) => change({ from })} />
      <Day label="To" value={shown.to} onChange={(to) => change({ to })} />
    </search>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <Field label={label} className="sm:flex-row sm:items-center sm:gap-2">
      {(control) => <Input {...control} type="date" value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

const GROUPS = [
  { title: 'People', kinds: ['user'] },
  { title: 'API keys', kinds: ['key'] },
  { title: 'Programs', kinds: ['schedule', 'client', 'system'] },
] as const satisfies { title: string; kinds: AuditActorDto['kind'][] }[];

const groupsOf = (actors: readonly AuditActorDto[]) =>
  GROUPS.map(({ title, kinds }) => ({
    title,
    members: actors.filter(({ kind }) => (kinds as readonly string[]).includes(kind)),
  })).filter(({ members }) => members.length > 0);
