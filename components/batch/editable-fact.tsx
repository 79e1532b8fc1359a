'use client';

import { Pencil } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { describeError } from '@/lib/client/api';

export interface EditableFactProps {
  label: string;
  /** what the fact means, shown while it is edited */
  hint?: string | undefined;
  /** the present value; muted if it is a default */
  shown: ReactNode;
  unset?: boolean;
  /** the present value as it is typed */
  text: string;
  /** several lines, such as JSON */
  long?: boolean;
  /** whether it can be changed */
  editable: boolean;
  /** why it can't be changed now; null if it can */
  blocked: string | null;
  /** stores the typed value. @throws Error whose message says what is wrong */
  save: (text: string) => Promise<unknown>;
}

/** A value with its label. Its button turns it into a field in place, with the present value before it. */
export function EditableFact(props: EditableFactProps) {
  const { label, shown, unset, editable, blocked, long } = props;
  const [editing, setEditing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !editing) opener.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  if (editing) return <EditForm {...props} onDone={() => setEditing(false)} />;
  return (
    <div className="flex min-w-0 items-start gap-1">
      <div className="min-w-0 flex-1">
        <p className="text-muted text-xs">{label}</p>
        <p
          className={cn(
            'text-sm',
            long ? 'truncate font-mono text-xs' : '[overflow-wrap:anywhere]',
            unset && 'text-muted',
          )}
        >
          {shown}
        </p>
      </div>
      {editable ? (
        <Button
          ref={opener}
          variant="ghost"
          size="icon"
          aria-label={`Change ${label}`}
          reason={blocked}
          onClick={() => setEditing(true)}
        >
          <Pencil className="size-3.5" />
        </Button>
      ) : null}
    </div>
  );
}

function EditForm({ label, hint, shown, text, long, save, onDone }: EditableFactProps & { onDone: () => void }) {
  const [typed, setTyped] = useState(text);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed === text) return onDone();
    setBusy(true);
    try {
      await save(typed);
      onDone();
    } catch (refused) {
      setError(refused instanceof Error ? describeError(refused) : 'It could not be stored.');
      setBusy(false);
    }
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onDone();
  };
  return (
    <form
      aria-label={label}
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={leave}
      className={cn('flex min-w-0 flex-col gap-2', long && 'col-span-full')}
    >
      <Field label={label} hint={hint} error={error} note={long ? undefined : <>now {shown} →</>}>
        {(control) =>
          long ? (
            <Textarea
              {...control}
              autoFocus
              rows={5}
              spellCheck={false}
              className="font-mono text-xs"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          ) : (
            <Input {...control} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
          )
        }
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="primary" busy={busy}>
          Save
        </Button>
        <Button size="sm" variant="ghost" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
