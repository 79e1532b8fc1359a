'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';

interface ValueShownProps {
  title: string;
  /** what it is: `Key` */
  label: string;
  value: string;
  /** where to keep it */
  advice?: string;
  note?: string | undefined;
}

/** The content of a dialog that shows a key or a secret, this once. */
export function ValueShown({ title, label, value, advice, note }: ValueShownProps) {
  return (
    <DialogContent
      title={title}
      footer={
        <>
          <CopyButton value={value} label={`Copy ${label.toLowerCase()}`} withText />
          <DialogClose asChild>
            <Button variant="primary">I have saved it</Button>
          </DialogClose>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={label}>
          {(control) => (
            <Input
              {...control}
              readOnly
              autoFocus
              value={value}
              className="font-mono"
              onFocus={(event) => event.currentTarget.select()}
            />
          )}
        </Field>
        <Notice tone="warning">It is not shown again.{advice ? ` ${advice}` : ''}</Notice>
        {note ? <p className="text-muted text-sm">{note}</p> : null}
      </div>
    </DialogContent>
  );
}
