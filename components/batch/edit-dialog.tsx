'use client';

import { Eye, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { EditRules, type Rule } from '@/components/shared/edit-rules';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { formatCount, formatNumber, sayRunAgain } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { fieldsOf } from '@/components/ui/schema-fields';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { ApiError, describeError } from '@/lib/client/api';
import { useEditBatch, usePreviewEdit } from '@/lib/client/mutations/batch-items';
import { useFailures } from '@/lib/client/queries/batch-items';
import { useJobTypes } from '@/lib/client/queries/jobs';
import type { BatchDto } from '@/lib/contracts/batch';
import { EditPreview } from './edit-preview';

/** Edits many failed items at once with an expression for each field. Shows a preview before it applies the edit. */
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
  const problem = edit.error ?? preview.error;
  const issueOf = (field: string): string | undefined =>
    problem instanceof ApiError
      ? problem.errors.find(({ path }) => path === `set.${field.trim()}`)?.message
      : undefined;
  const ready = filled.length === 0 ? 'Choose a field and write its expression' : null;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="xl"
        title="Edit failed items"
        description="Write an expression for each field that changes. The failed items get the new input and run again in this batch."
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
                ready ?? (shown ? (shown.invalid > 0 ? 'Some items would be invalid' : null) : 'Open the preview first')
              }
              onClick={() =>
                edit.mutate(variables, {
                  onSuccess: ({ retried }) => {
                    notify({ tone: 'success', title: sayRunAgain(retried, 'edited item') });
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
          <EditRules
            rules={rules}
            fields={fields.map(({ name }) => name)}
            issueOf={issueOf}
            onChange={(next) => {
              // An added rule is empty and changes nothing, so the preview stays valid.
              if (next.length <= rules.length) {
                preview.reset();
                edit.reset();
              }
              setRules(next);
            }}
          />
          {problem && !filled.some(({ field }) => issueOf(field)) ? (
            <Notice tone="error" title="The request was refused">
              {describeError(problem)}
            </Notice>
          ) : null}
          {shown ? <EditPreview result={shown} fields={Object.keys(set)} /> : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
