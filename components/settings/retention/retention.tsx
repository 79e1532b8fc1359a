'use client';

import { type FormEvent, useState } from 'react';
import { TypeChoice } from '@/components/shared/type-choice';
import { Button } from '@/components/ui/button';
import { FactList } from '@/components/ui/fact-list';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';
import { describeError } from '@/lib/client/api';
import { useSetSettings } from '@/lib/client/mutations/limits';
import { useOrganizationSettings } from '@/lib/client/queries/limits';
import { useViewer } from '@/lib/client/queries/system';
import type { SettingsAnswer } from '@/lib/contracts/organization-settings';
import { roleHas } from '@/lib/contracts/permissions';

const days = (count: number): string => (count === 0 ? 'forever' : count === 1 ? '1 day' : `${count} days`);

/** How long finished work is kept, and which job types members launch. */
export function Retention() {
  const query = useOrganizationSettings();
  const { data: viewer } = useViewer();
  if (!query.data || !viewer) {
    return (
      <Panel title="Retention" aria-busy={query.isPending}>
        {query.isError ? (
          <ErrorState
            title="The settings could not be read"
            detail={describeError(query.error)}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        ) : (
          <div className="flex flex-col gap-6 py-2">
            <Skeleton className="w-3/5" />
            <Skeleton className="w-2/5" />
            <Skeleton className="w-1/2" />
          </div>
        )}
      </Panel>
    );
  }
  return roleHas(viewer.role, 'settings.update') ? (
    <RetentionForm key={JSON.stringify(query.data.settings)} answer={query.data} />
  ) : (
    <RetentionFacts answer={query.data} />
  );
}

function RetentionFacts({ answer: { settings, defaults, jobTypes } }: { answer: SettingsAnswer }) {
  const types = jobTypes.filter(({ type, allowed }) => allowed && (settings.jobTypes?.includes(type) ?? true));
  const facts: [name: string, value: string][] = [
    ['Finished batches, jobs and flows are kept', days(settings.retentionDays ?? defaults.retentionDays)],
    ['Files that nothing uses are kept', days(settings.unusedUploadDays ?? defaults.unusedUploadDays)],
    ['Job types that can be launched', types.map(({ title }) => title).join(', ') || 'none'],
  ];
  return (
    <Panel title="Retention and job types">
      <FactList facts={facts} />
      <p className="mt-3 text-muted text-xs">Only an administrator or an owner can change this.</p>
    </Panel>
  );
}

function RetentionForm({ answer: { settings, defaults, jobTypes } }: { answer: SettingsAnswer }) {
  const save = useSetSettings();
  const notify = useToast();
  const [kept, setKept] = useState(settings.retentionDays === null ? '' : String(settings.retentionDays));
  const [unused, setUnused] = useState(settings.unusedUploadDays === null ? '' : String(settings.unusedUploadDays));
  const [types, setTypes] = useState(settings.jobTypes);
  const [wrong, setWrong] = useState<ReadonlySet<unknown>>(new Set());
  const isChanged =
    kept.trim() !== String(settings.retentionDays ?? '') ||
    unused.trim() !== String(settings.unusedUploadDays ?? '') ||
    JSON.stringify(types) !== JSON.stringify(settings.jobTypes);
  const focus = useWrongFieldFocus(save.isPending);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged) return;
    const { setSettingsBody } = await import('@/lib/contracts/organization-settings');
    const number = (text: string) => (text.trim() === '' ? null : Number(text));
    const parsed = setSettingsBody.safeParse({
      settings: { retentionDays: number(kept), unusedUploadDays: number(unused), jobTypes: types },
    });
    setWrong(new Set(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path[1])));
    if (parsed.success)
      save.mutate(parsed.data, { onSuccess: () => notify({ tone: 'success', title: 'The settings were saved' }) });
  };
  return (
    <form {...focus} onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Panel title="Retention">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Days to keep finished batches, jobs and flows"
            hint={`Empty: ${days(defaults.retentionDays)}, the default of this installation. 0: forever`}
            error={wrong.has('retentionDays') ? 'Enter 0 to 3650 days' : undefined}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={0}
                max={3650}
                value={kept}
                placeholder={String(defaults.retentionDays)}
                onChange={(event) => setKept(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Days to keep files that nothing uses"
            hint={`Empty: ${days(defaults.unusedUploadDays)}. Files of batches and jobs stay as long as those`}
            error={wrong.has('unusedUploadDays') ? 'Enter 1 to 3650 days' : undefined}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={3650}
                value={unused}
                placeholder={String(defaults.unusedUploadDays)}
                onChange={(event) => setUnused(event.target.value)}
              />
            )}
          </Field>
        </div>
        <p className="mt-3 text-muted text-xs">
          What is older is deleted within minutes, and can’t be restored. The audit log has a retention of its own.
        </p>
      </Panel>
      <Panel title="Job types">
        <TypeChoice
          legend="Members can launch"
          types={jobTypes.filter(({ allowed }) => allowed)}
          chosen={types}
          onChoose={setTypes}
        />
      </Panel>
      {save.error ? <Notice tone="error">{describeError(save.error)}</Notice> : null}
      <div>
        <Button type="submit" variant="primary" busy={save.isPending} reason={isChanged ? null : 'Nothing was changed'}>
          Save changes
        </Button>
      </div>
    </form>
  );
}
