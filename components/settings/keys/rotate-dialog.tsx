'use client';

import { useState } from 'react';
import { ValueShown } from '@/components/shared/value-shown';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { describeError } from '@/lib/client/api';
import { useRotateApiKey } from '@/lib/client/mutations/limits';
import type { ApiKeyDto } from '@/lib/contracts/api-key';

const OVERLAPS = [
  { seconds: 3600, words: 'for one more hour' },
  { seconds: 24 * 3600, words: 'for one more day' },
  { seconds: 7 * 24 * 3600, words: 'for one more week' },
  { seconds: 0, words: 'not at all: it leaked' },
];

interface RotateDialogProps {
  apiKey: ApiKeyDto;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Gives a key a new value, and then shows it once. */
export function RotateDialog({ apiKey, open, onOpenChange }: RotateDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <RotateForm apiKey={apiKey} /> : null}
    </Dialog>
  );
}

function RotateForm({ apiKey }: { apiKey: ApiKeyDto }) {
  const rotate = useRotateApiKey();
  const [seconds, setSeconds] = useState(3600);
  if (rotate.data) {
    const note = seconds > 0 ? 'The old value works meanwhile.' : 'The old value is refused from now on.';
    return (
      <ValueShown
        title={`The value of ${apiKey.name}`}
        label="Key"
        value={rotate.data.key}
        advice="Keep it where your programs keep their secrets."
        note={note}
      />
    );
  }
  return (
    <DialogContent
      title={`Rotate ${apiKey.name}?`}
      description="The key gets another value; its rights and its name stay."
      footer={
        <>
          <DialogClose asChild>
            <Button>Keep the value</Button>
          </DialogClose>
          <Button
            variant="primary"
            busy={rotate.isPending}
            onClick={() => rotate.mutate({ id: apiKey.id, overlapSeconds: seconds })}
          >
            Rotate key
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="The old value works" hint="Give your programs the new value in this time">
          {(control) => (
            <Select {...control} value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
              {OVERLAPS.map((one) => (
                <option key={one.seconds} value={one.seconds}>
                  {one.words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {rotate.error ? <Notice tone="error">{describeError(rotate.error)}</Notice> : null}
      </div>
    </DialogContent>
  );
}
