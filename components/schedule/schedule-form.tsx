'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { ApiError, describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useSaveSchedule } from '@/lib/client/mutations/schedules';
import { bodyOfDraft, type Draft, type DraftErrors, timingOfDraft } from './draft';
import { NextTimes } from './next-times';
import { PolicyFields } from './policy-fields';
import { useWhenTypingPauses } from './use-when-typing-pauses';
import { WhatFields } from './what-fields';
import { WhenFields } from './when-fields';

/** Faults of the input that are listed. */
const MOST_FAULTS = 5;

interface ScheduleFormProps {
  /** null: a new schedule */
  id: string | null;
  initial: Draft;
}

/** The form of a schedule, with its next times beside it. */
export function ScheduleForm({ id, initial }: ScheduleFormProps) {
  const router = useRouter();
  const save = useSaveSchedule();
  const [draft, setDraft] = useState(initial);
  const [errors, setErrors] = useState<DraftErrors>({});
  const timing = useWhenTypingPauses(timingOfDraft(draft));
  const change = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { body, errors: found } = bodyOfDraft(draft, id === null ? null : initial);
    setErrors(found);
    if (body) save.mutate({ id, body }, { onSuccess: ({ schedule }) => router.push(links.schedule(schedule.id)) });
  };
  const fields = { draft, errors, onChange: change };
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label="Schedule"
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]"
    >
      <div className="flex flex-col gap-4">
        <Panel>
          <Field label="Name" error={errors.name}>
            {(control) => (
              <Input
                {...control}
                value={draft.name}
                maxLength={200}
                placeholder="nightly report"
                onChange={(event) => change({ name: event.target.value })}
              />
            )}
          </Field>
        </Panel>
        <Panel title="When">
          <WhenFields {...fields} />
        </Panel>
        <Panel title="What">
          <WhatFields {...fields} />
        </Panel>
        <Panel title="Rules and limits">
          <PolicyFields {...fields} />
        </Panel>
        {save.error ? <SaveProblem error={save.error} /> : null}
        <div className="flex gap-2">
          <Button type="submit" variant="primary" busy={save.isPending}>
            {id === null ? 'Create schedule' : 'Save changes'}
          </Button>
          <Button onClick={() => router.push(id === null ? '/schedules' : links.schedule(id))}>Cancel</Button>
        </div>
      </div>
      <Panel title="Next times" className="lg:sticky lg:top-4">
        <NextTimes timing={timing} />
      </Panel>
    </form>
  );
}

function SaveProblem({ error }: { error: Error }) {
  const faults = error instanceof ApiError ? error.errors.slice(0, MOST_FAULTS) : [];
  return (
    <Notice tone="error" title={describeError(error)}>
      {faults.length > 0 ? (
        <ul>
          {faults.map(({ path, message, row }, i) => (
            <li key={i}>
              {[row === undefined ? '' : `row ${row}`, path].filter(Boolean).join(', ')}: {message}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}
