'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';

/** The content of a dialog that shows a secret for signatures, this once. */
export function SecretShown({ title, secret, note }: { title: string; secret: string; note: string }) {
  return (
    <DialogContent
      title={title}
      footer={
        <>
          <CopyButton value={secret} label="Copy secret" withText />
          <DialogClose asChild>
            <Button variant="primary">I have saved it</Button>
          </DialogClose>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Secret">
          {(control) => (
            <Input
              {...control}
              readOnly
              autoFocus
              value={secret}
              className="font-mono"
              onFocus={(event) => event.currentTarget.select()}
            />
          )}
        </Field>
        <Notice tone="warning">It is not shown again.</Notice>
        <p className="text-muted text-sm">{note}</p>
      </div>
    </DialogContent>
  );
}
