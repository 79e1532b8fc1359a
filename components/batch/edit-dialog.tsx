'use client';

import { Eye, Plus, RotateCcw, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { fieldsOf } from '@/components/ui/schema-fields';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { ApiError, describeError, useEditBatch, useFailures, useJobTypes, usePreviewEdit } from '@/lib/client';
import type { BatchDto } from '@/lib/contracts';
import { EditPreview } from './edit-preview';

interface Rule {
  id: number;
  field: string;
  expression: string;
}

/** Changes many failed items at once: an expression for each field, looked at before it is done. */
export function EditDialog({ batch, onClose }: { batch: BatchDto; onClose: () => void }) {
  const notify = useToast();
  const preview = usePreviewEdit();
  const edit = useEditBatch();
  const { data: groups } = useFailures(batch.id);
  const { data: types } = useJobTypes();
  const fields = useMemo(
    () => fieldsOf(types?.find(({ type }) => type === batch.type)?.inputSchema ?? {}),
    [types, batch.type],
  );
  const [rules, setRules] = useState<Rule[]>([{ id: 0, field: '', expression: '' }]);
  const [group, setGroup] = useState(-1);
  const chosen = groups?.[group];
  const reason = chosen && { message: chosen.message, code: chosen.code };
  const filled = rules.filter(({ field, expression }) => field.trim() !== '' && expression.trim() !== '');
  const set = Object.fromEntries(filled.map(({ field, expression }) => [field.trim(), expression]));
  const variables = { batchId: batch.id, set, reason };
  const shown = preview.data;
  const change = (id: number, changes: Partial<Rule>): void => {
    preview.reset();
    edit.reset();
    setRules((now) => now.map((rule) => (rule.id === id ? { ...rule, ...changes } : rule)));
  };
  const problem = edit.error ?? preview.error;
  const issueOf = (field: string): string | undefined =>
    problem instanceof ApiError
      ? problem.errors.find(({ path }) => path === `set.${field.trim()}`)?.message
      : undefined;
  const ready = filled.length === 0 ? 'Choose a field and say what it becomes' : null;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="xl"
        title="Edit failed items"
        description="An expression for each field that changes. The items that failed so get the new input and run again, in this batch."
        footer={
          <>
            <DialogClose asChild>
              <Button>Keep as they are</Button>
            </DialogClose>
            <Button reason={ready} busy={preview.isPending} onClick={() => preview.mutate(variables)}>
              <Eye /> Preview
            </Button>
            <Button
              variant="primary"
              busy={edit.isPending}
              reason={
                ready ?? (shown ? (shown.invalid > 0 ? 'Some items would not fit' : null) : 'Look at the preview first')
              }
              onClick={() =>
                edit.mutate(variables, {
                  onSuccess: ({ retried }) => {
                    notify({ tone: 'success', title: `${formatCount(retried, 'edited item')} run again` });
                    onClose();
                  },
                })
              }
            >
              <RotateCcw /> {shown && shown.invalid === 0 ? `Retry ${formatCount(shown.retried, 'item')}` : 'Retry'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label="Which">
            {(control) => (
              <Select
                {...control}
                value={group}
                onChange={(event) => {
                  preview.reset();
                  setGroup(Number(event.target.value));
                }}
              >
                <option value={-1}>
                  {batch.failed === 1 ? 'The one failed item' : `All ${formatCount(batch.failed, 'failed item')}`}
                </option>
                {groups?.map(({ message, code, count }, i) => (
                  <option key={`${code} ${message}`} value={i}>
                    {formatNumber(count)} · {message.slice(0, 90)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <div className="flex flex-col gap-2">
            {rules.map(({ id, field, expression }, i) => (
              <div
                key={id}
                className="grid grid-cols-[minmax(0,1fr)_2rem] items-start gap-2 sm:grid-cols-[12rem_minmax(0,1fr)_2rem]"
              >
                <Field label={<span className={i > 0 ? 'sr-only' : undefined}>Field</span>}>
                  {(control) => (
                    <>
                      <Input
                        {...control}
                        list="fields-of-type"
                        value={field}
                        spellCheck={false}
                        autoCapitalize="off"
                        className="font-mono text-xs"
                        onChange={(event) => change(id, { field: event.target.value })}
                      />
                    </>
                  )}
                </Field>
                <Field
                  label={<span className={i > 0 ? 'sr-only' : undefined}>Becomes</span>}
                  error={issueOf(field)}
                  className="max-sm:col-span-full max-sm:row-start-2"
                >
                  {(control) => (
                    <Input
                      {...control}
                      value={expression}
                      spellCheck={false}
                      autoCapitalize="off"
                      className="font-mono text-xs"
                      placeholder={'$replace($value, "http:", "https:")'}
                      maxLength={1000}
                      onChange={(event) => change(id, { expression: event.target.value })}
                    />
                  )}
                </Field>
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={`Leave ${field || 'this field'} as it is`}
                  className={i === 0 ? 'mt-5' : 'mt-1'}
                  reason={rules.length === 1 ? 'The only one' : null}
                  onClick={() => {
                    preview.reset();
                    setRules((now) => now.filter((rule) => rule.id !== id));
                  }}
                >
                  <X />
                </Button>
              </div>
            ))}
            <datalist id="fields-of-type">
              {fields.map(({ name }) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
              <Button
                size="sm"
                variant="ghost"
                onClick={() =>
                  setRules((now) => [...now, { id: (now.at(-1)?.id ?? 0) + 1, field: '', expression: '' }])
                }
              >
                <Plus /> Another field
              </Button>
              <p className="text-muted text-xs">
                JSONata: <code className="font-mono">$value</code> is the field as it is, other fields go by their
                names, <code className="font-mono">$error.message</code> is the reason,{' '}
                <code className="font-mono">"text"</code> a text. What gives nothing takes the field away.
              </p>
            </div>
          </div>
          {problem && !filled.some(({ field }) => issueOf(field)) ? (
            <Notice tone="error" title="That was refused">
              {describeError(problem)}
            </Notice>
          ) : null}
          {shown ? <EditPreview result={shown} fields={Object.keys(set)} /> : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
