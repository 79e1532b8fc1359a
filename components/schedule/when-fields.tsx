'use client';

import { useId } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { type Draft, type DraftErrors, UNITS } from './draft';

export interface FieldsProps {
  draft: Draft;
  errors: DraftErrors;
  onChange: (changes: Partial<Draft>) => void;
}

const ZONES = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];

/** When a schedule fires: an expression or an interval, and the time zone. */
export function WhenFields({ draft, errors, onChange }: FieldsProps) {
  const zones = useId();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Repeats">
        {(control) => (
          <Select
            {...control}
            value={draft.by}
            onChange={(event) => onChange({ by: event.target.value as Draft['by'] })}
          >
            <option value="cron">at times (cron)</option>
            <option value="every">at an interval</option>
          </Select>
        )}
      </Field>
      {draft.by === 'cron' ? (
        <Field
          label="Cron expression"
          hint="Minute, hour, day of month, month, day of week; L is the last day, MON#1 the first Monday"
          error={errors.cron}
        >
          {(control) => (
            <Input
              {...control}
              value={draft.cron}
              onChange={(event) => onChange({ cron: event.target.value })}
              className="font-mono"
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </Field>
      ) : (
        <Interval draft={draft} errors={errors} onChange={onChange} />
      )}
      <Field label="Time zone" hint="Where the clock is that counts" error={errors.timeZone}>
        {(control) => (
          <Input
            {...control}
            list={zones}
            value={draft.timeZone}
            onChange={(event) => onChange({ timeZone: event.target.value })}
            spellCheck={false}
            autoComplete="off"
          />
        )}
      </Field>
      <datalist id={zones}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
        <option value="UTC" />
      </datalist>
    </div>
  );
}

function Interval({ draft, errors, onChange }: FieldsProps) {
  return (
    <div className="grid grid-cols-2 gap-2">
      <Field label="Every" error={errors.every}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.every}
            onChange={(event) => onChange({ every: event.target.value })}
          />
        )}
      </Field>
      <Field label="Unit">
        {(control) => (
          <Select {...control} value={draft.unit} onChange={(event) => onChange({ unit: event.target.value })}>
            {UNITS.map(([seconds, word]) => (
              <option key={seconds} value={seconds}>
                {word}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
