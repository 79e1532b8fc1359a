'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Overlap } from '@/lib/contracts/firing';
import type { CatchUp } from '@/lib/contracts/schedule';
import { CATCH_UP_WORDS, OVERLAP_WORDS } from './policy-words';
import type { FieldsProps } from './when-fields';

/** What happens when runs overlap, firings are missed or runs fail, and the limits of the schedule. */
export function PolicyFields({ draft, errors, onChange }: FieldsProps) {
  const text = (key: 'startAt' | 'endAt' | 'catchUpSeconds' | 'jitterSeconds' | 'pauseAfterFailures' | 'exclude') => ({
    value: draft[key],
    onChange: (event: { target: { value: string } }) => onChange({ [key]: event.target.value }),
  });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="If the last run has not finished" hint={OVERLAP_WORDS[draft.overlap]}>
        {(control) => (
          <Select
            {...control}
            value={draft.overlap}
            onChange={(event) => onChange({ overlap: event.target.value as Overlap })}
          >
            <option value="skip">skip the new one</option>
            <option value="queue">wait for it</option>
            <option value="replace">cancel it</option>
            <option value="allow">run both</option>
          </Select>
        )}
      </Field>
      <Field label="Missed firings" hint={CATCH_UP_WORDS[draft.catchUp]}>
        {(control) => (
          <Select
            {...control}
            value={draft.catchUp}
            onChange={(event) => onChange({ catchUp: event.target.value as CatchUp })}
          >
            <option value="none">do not run</option>
            <option value="last">run the last one</option>
            <option value="all">run all</option>
          </Select>
        )}
      </Field>
      {draft.catchUp === 'none' ? null : (
        <Field label="Run missed ones of the last" note="seconds" hint="Empty: one day" error={errors.catchUpSeconds}>
          {(control) => <Input {...control} inputMode="numeric" {...text('catchUpSeconds')} />}
        </Field>
      )}
      <Field label="Pause after failures in a row" note="optional" error={errors.pauseAfterFailures}>
        {(control) => <Input {...control} inputMode="numeric" placeholder="never" {...text('pauseAfterFailures')} />}
      </Field>
      <Field
        label="Jitter"
        note="seconds, optional"
        hint="Each firing is later by up to this time, so that not all begin at once"
        error={errors.jitterSeconds}
      >
        {(control) => <Input {...control} inputMode="numeric" {...text('jitterSeconds')} />}
      </Field>
      <Field label="Not before" note="your time, optional" error={errors.startAt}>
        {(control) => <Input {...control} type="datetime-local" {...text('startAt')} />}
      </Field>
      <Field label="Not after" note="your time, optional" error={errors.endAt}>
        {(control) => <Input {...control} type="datetime-local" {...text('endAt')} />}
      </Field>
      <Field
        label="Days without firings"
        note="optional"
        hint="Dates and ranges in the time zone of the schedule: 2026-12-24, 2026-12-31/2027-01-01"
        error={errors.exclude}
        className="sm:col-span-full"
      >
        {(control) => <Input {...control} spellCheck={false} {...text('exclude')} />}
      </Field>
    </div>
  );
}
