'use client';

import { type FormEvent, useState } from 'react';
import { TypeChoice } from '@/components/shared/type-choice';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { useSetLimits } from '@/lib/client/mutations/limits';
import { useOrganizationSettings } from '@/lib/client/queries/limits';
import { type Limits, setLimitsBody } from '@/lib/contracts/limits';
import { LIMIT_FIELDS } from './limit-fields';

interface LimitsDialogProps {
  limits: Limits;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Changes the limits of the organization. */
export function LimitsDialog({ limits, open, onOpenChange }: LimitsDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <LimitsForm limits={limits} done={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function LimitsForm({ limits, done }: { limits: Limits; done: () => void }) {
  const set = useSetLimits();
  const settings = useOrganizationSettings();
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      LIMIT_FIELDS.map(({ name, unit }) => [name, limits[name] === null ? '' : String(limits[name] / unit)]),
    ),
  );
  const [jobTypes, setJobTypes] = useState(limits.jobTypes);
  const [wrong, setWrong] = useState<ReadonlySet<unknown>>(new Set());

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const numbers = LIMIT_FIELDS.map(({ name, unit }) => {
      const text = texts[name]?.trim();
      // A file of 0.1 MiB is a whole number of bytes; a weight is no whole number.
      return [name, text ? (unit === 1 ? Number(text) : Math.round(Number(text) * unit)) : null];
    });
    const parsed = setLimitsBody.safeParse({ limits: { ...Object.fromEntries(numbers), jobTypes } });
    setWrong(new Set(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path[1])));
    if (parsed.success) set.mutate(parsed.data, { onSuccess: done });
  };

  return (
    <FormDialog
      title="Limits of this organization"
      description="An empty field means no limit. What runs or is stored already stays; new work has to keep the limits."
      confirm="Set limits"
      busy={set.isPending}
      onSubmit={submit}
      noValidate
      autoComplete="off"
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {LIMIT_FIELDS.map(({ name, label, hint, unitWord, step, otherwise }) => (
          <Field
            key={name}
            label={label}
            note={unitWord}
            hint={hint}
            error={
              wrong.has(name)
                ? `Enter ${step ? 'a number above 0' : 'a whole number, 0 or more'}${unitWord ? `, in ${unitWord}` : ''}`
                : undefined
            }
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                inputMode="decimal"
                min={0}
                step={step ?? (unitWord ? 'any' : 1)}
                placeholder={otherwise ?? 'no limit'}
                value={texts[name] ?? ''}
                onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <TypeChoice
        legend="Job types that members can launch"
        types={settings.data?.jobTypes ?? []}
        chosen={jobTypes}
        onChoose={setJobTypes}
      />
      {set.error ? <Notice tone="error">{describeError(set.error)}</Notice> : null}
    </FormDialog>
  );
}
