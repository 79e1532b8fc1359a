'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { ChannelKind } from '@/lib/contracts/channel';
import { exampleData, NOTIFICATION_EVENT_TYPES } from '@/lib/contracts/notification-events';
import { bodyOf, mailOf } from '@/lib/contracts/notification-formats';
import { messageOf } from '@/lib/contracts/notification-message';
import { ScrollText } from './scroll-text';

const AT = '2026-01-01T02:30:00.000Z';

/** What a message looks like, for an event of one's choice. */
export function MessagePreview({ kind }: { kind: ChannelKind }) {
  const [type, setType] = useState<string>('batch.finished');
  const data = exampleData(type);
  const mail = mailOf(type, data, 1);
  const text =
    kind === 'email'
      ? `Subject: ${mail.subject}\n\n${mail.text}`
      : JSON.stringify(bodyOf(kind, { type, at: AT, data, count: 1 }), null, 2);
  return (
    <details className="rounded-md border">
      <summary className="cursor-pointer px-3 py-2 text-sm hover:bg-hover">
        Preview: <span className="text-muted">{messageOf(type, data).title}</span>
      </summary>
      <div className="flex flex-col gap-3 border-t p-3">
        <Field label="Event">
          {(control) => (
            <Select {...control} value={type} onChange={(event) => setType(event.target.value)}>
              {NOTIFICATION_EVENT_TYPES.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <ScrollText label="What is sent">{text}</ScrollText>
      </div>
    </details>
  );
}
