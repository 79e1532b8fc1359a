'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';

/** The content of a dialog that shows the value of a key, this once. */
export function KeyShown({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <DialogContent
      title={`The value of ${name}`}
      footer={
        <>
          <CopyButton value={value} label="Copy key" withText />
          <DialogClose asChild>
            <Button variant="primary">I have saved it</Button>
          </DialogClose>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Key">
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
        <Notice tone="warning">It is not shown again. Keep it where your programs keep their secrets.</Notice>
        {note ? <p className="text-muted text-sm">{note}</p> : null}
      </div>
    </DialogContent>
  );
}
