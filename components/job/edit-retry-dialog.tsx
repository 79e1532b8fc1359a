'use client';

import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { ApiError, describeError, useJobTypes, useRetryJob } from '@/lib/client';
import type { JobDetailDto } from '@/lib/contracts';

interface EditRetryDialogProps {
  job: JobDetailDto;
  onClose: () => void;
}

type Parsed = { value: unknown; error: null } | { value: undefined; error: string };

/** JSON as typed, or what is wrong with it in the browser's words. */
export function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown, error: null };
  } catch (error) {
    return { value: undefined, error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Runs the job again with another input. What the server refuses is shown beside the text, which stays. */
export function EditRetryDialog({ job, onClose }: EditRetryDialogProps) {
  const [text, setText] = useState(() => JSON.stringify(job.data, null, 2));
  const retry = useRetryJob();
  const { data: types } = useJobTypes();
  const parsed = useMemo(() => parseJson(text), [text]);
  const fields = Object.entries(propertiesOf(types?.find(({ type }) => type === job.type)?.inputSchema));
  const refused = retry.error;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title="Edit and retry"
        description={`${job.name || job.id} runs again with this input. The input it had is replaced.`}
        footer={
          <>
            <DialogClose asChild>
              <Button>Keep as it is</Button>
            </DialogClose>
            <Button
              variant="primary"
              busy={retry.isPending}
              reason={parsed.error}
              onClick={() => retry.mutate({ jobId: job.id, data: parsed.value }, { onSuccess: onClose })}
            >
              Retry with this input
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Field label="Input" note="JSON" error={parsed.error ?? (refused ? <Refused error={refused} /> : null)}>
            {(control) => (
              <Textarea
                {...control}
                className="min-h-64 font-mono text-xs"
                spellCheck={false}
                autoCapitalize="off"
                value={text}
                onChange={(event) => {
                  setText(event.target.value);
                  if (refused) retry.reset();
                }}
              />
            )}
          </Field>
          {fields.length > 0 ? (
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
              {fields.map(([name, description]) => (
                <div key={name} className="contents">
                  <dt className="font-mono">{name}</dt>
                  <dd className="text-muted">{description}</dd>
                </div>
              ))}
            </dl>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Refused({ error }: { error: Error }) {
  const issues = error instanceof ApiError ? error.errors : [];
  if (issues.length === 0) return describeError(error);
  return (
    <>
      {issues.map(({ path, message }) => (
        <span key={`${path} ${message}`} className="block">
          {path ? <code className="font-mono">{path}</code> : null} {message}
        </span>
      ))}
    </>
  );
}

/** Names and descriptions of an object schema's fields. */
function propertiesOf(schema: Record<string, unknown> | undefined): Record<string, string> {
  const properties = schema?.properties;
  if (typeof properties !== 'object' || properties === null) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]: [string, unknown]) => {
      const { description, type } = (field ?? {}) as { description?: unknown; type?: unknown };
      return [name, [type, description].filter((part) => typeof part === 'string').join(' · ')];
    }),
  );
}
