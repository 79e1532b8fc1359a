'use client';

import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { fieldsOf } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { ApiError, describeError } from '@/lib/client/api';
import { useRetryJob } from '@/lib/client/mutations/jobs';
import { useJobTypes } from '@/lib/client/queries/jobs';
import type { JobDetailDto } from '@/lib/contracts/job';
import { isFields } from '@/lib/contracts/json';
import { itemOfEdit, shownForm, startEdit } from './edited-input';

interface EditRetryDialogProps {
  job: JobDetailDto;
  onClose: () => void;
}

/** Retries the job with an edited input, as form fields or as JSON. Each validation error is shown at its field. */
export function EditRetryDialog({ job, onClose }: EditRetryDialogProps) {
  const retry = useRetryJob();
  const { data: types } = useJobTypes();
  const fields = useMemo(
    () => fieldsOf(types?.find(({ type }) => type === job.type)?.inputSchema ?? {}),
    [types, job.type],
  );
  const [edit, setEdit] = useState(() => startEdit(job.data));
  const offersForm = fields.length > 0 && isFields(job.data);
  const mode = offersForm ? edit.mode : 'json';
  const { value, issues, error } = useMemo(() => itemOfEdit({ ...edit, mode }, fields), [edit, mode, fields]);
  const shown = useMemo(() => shownForm(edit, fields), [edit, fields]);
  const refusals = retry.error instanceof ApiError ? retry.error.errors : [];
  const pathOf = (path: string): string => path.replace(/^data\.?/, '');
  const refusedAt = (field: string): string | undefined =>
    refusals
      .filter(({ path }) => pathOf(path).split('.')[0] === field)
      .map(({ path, message }) => (pathOf(path) === field ? message : `${pathOf(path)} ${message}`))
      .join(', ') || undefined;
  const elsewhere = refusals.filter(
    ({ path }) => mode === 'json' || !fields.some(({ name }) => name === pathOf(path).split('.')[0]),
  );
  const change = (changes: Partial<typeof edit>): void => {
    if (retry.error) retry.reset();
    setEdit((now) => ({ ...now, ...changes }));
  };
  const turn = (next: string): void => {
    // Keeps the typed values if they can be parsed.
    if (next === 'json') change({ ...startEdit(value), mode: 'json' });
    else if (isFields(value)) change(startEdit(value));
  };
  const blocked = error ?? (Object.keys(issues).length > 0 ? 'Correct the marked fields first' : null);
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title="Edit and retry"
        description={`${job.name || job.id} runs again with this input. The input it had is replaced.${
          job.stepsRemembered > 0 ? ' If it changes, all steps are repeated.' : ''
        }`}
        footer={
          <>
            <DialogClose asChild>
              <Button>Keep as it is</Button>
            </DialogClose>
            <Button
              variant="primary"
              busy={retry.isPending}
              reason={blocked}
              onClick={() => retry.mutate({ jobId: job.id, data: value }, { onSuccess: onClose })}
            >
              Retry with this input
            </Button>
          </>
        }
      >
        <Tabs value={mode} onValueChange={turn} className="flex flex-col gap-3">
          {offersForm ? (
            <TabsList aria-label="How to edit">
              <TabsTrigger value="form" disabled={mode === 'json' && !isFields(value)}>
                Fields
              </TabsTrigger>
              <TabsTrigger value="json">JSON</TabsTrigger>
            </TabsList>
          ) : null}
          {retry.error && (refusals.length === 0 || elsewhere.length > 0) ? (
            <Notice tone="error" title="This input was refused">
              {elsewhere.length === 0 ? describeError(retry.error) : null}
              {elsewhere.map(({ path, message }) => (
                <span key={`${path} ${message}`} className="block">
                  {pathOf(path) ? <code className="font-mono">{pathOf(path)}</code> : null} {message}
                </span>
              ))}
            </Notice>
          ) : null}
          <TabsContent value="form">
            <div className="grid gap-3 sm:grid-cols-2">
              {fields.map((field) => (
                <SchemaInput
                  key={field.name}
                  field={field}
                  value={shown[field.name] ?? ''}
                  error={issues[field.name] ?? refusedAt(field.name)}
                  onChange={(text) => change({ form: { ...edit.form, [field.name]: text } })}
                />
              ))}
            </div>
          </TabsContent>
          <TabsContent value="json">
            <Field label="Input" note="JSON" error={mode === 'json' ? error : null}>
              {(control) => (
                <Textarea
                  {...control}
                  className="min-h-64 font-mono text-xs"
                  spellCheck={false}
                  autoCapitalize="off"
                  value={edit.text}
                  onChange={(event) => change({ text: event.target.value })}
                />
              )}
            </Field>
          </TabsContent>
        </Tabs>
      </DialogContent>
    </Dialog>
  );
}
