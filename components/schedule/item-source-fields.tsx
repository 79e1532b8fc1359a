'use client';

import { useId, useState } from 'react';
import { QueryBar } from '@/components/query/query-bar';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { formatCount } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { describeError } from '@/lib/client/api';
import { useUploadItems } from '@/lib/client/mutations/schedules';
import { useItemsPreview } from '@/lib/client/queries/schedules';
import { ITEM_SOURCES, type ItemSource } from '@/lib/contracts/choices';
import type { PreviewItemsBody } from '@/lib/contracts/scheduled-launch';
import { parseQuery } from '@/lib/query/parse';
import { useWhenTypingPauses } from './use-when-typing-pauses';
import type { FieldsProps } from './when-fields';

const WORDS: Record<ItemSource, string> = {
  items: 'this form',
  file: 'a file',
  url: 'an address (URL)',
  query: 'earlier jobs (a query)',
};

/** Where the items of a batch come from. */
export function ItemSourceFields(props: FieldsProps) {
  const { draft, onChange } = props;
  return (
    <>
      <Field label="Items come from" className="sm:col-span-full">
        {(control) => (
          <Select
            {...control}
            value={draft.source}
            onChange={(event) => onChange({ source: event.target.value as ItemSource })}
          >
            {ITEM_SOURCES.map((source) => (
              <option key={source} value={source}>
                {WORDS[source]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.source === 'file' ? <ItemsFile {...props} /> : null}
      {draft.source === 'url' ? <ItemsUrl {...props} /> : null}
      {draft.source === 'query' ? <ItemsQuery {...props} /> : null}
    </>
  );
}

function ItemsFile({ draft, errors, onChange }: FieldsProps) {
  const upload = useUploadItems();
  if (draft.fileId !== null) {
    return (
      <p className="flex flex-wrap items-center gap-2 text-sm sm:col-span-full">
        <span>
          Items from the file <span className="font-mono text-xs">{draft.fileName}</span>
        </span>
        <Button size="sm" onClick={() => onChange({ fileId: null, fileName: null })}>
          Choose another file
        </Button>
      </p>
    );
  }
  return (
    <Field
      label="File with the items"
      note="CSV, JSON lines, spreadsheet"
      hint={upload.isPending ? 'Uploading…' : 'It is kept as long as the schedule'}
      error={upload.error ? describeError(upload.error) : errors.fileId}
      className="sm:col-span-full"
    >
      {(control) => (
        <input
          {...control}
          type="file"
          className="text-sm file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:text-sm"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (!file) return;
            upload.mutate(file, { onSuccess: ({ fileId, name }) => onChange({ fileId, fileName: name }) });
          }}
        />
      )}
    </Field>
  );
}

/** A table that each firing fetches. It is fetched here only on request: the server behind the address may count calls. */
function ItemsUrl({ draft: { type, url }, errors, onChange }: FieldsProps) {
  const [asked, setAsked] = useState<PreviewItemsBody | null>(null);
  const body = { type, url: url.trim() };
  const isAsked = asked?.type === body.type && asked.url === body.url;
  return (
    <div className="flex flex-col gap-2 sm:col-span-full">
      <Field
        label="Address"
        note="CSV, JSON lines, spreadsheet"
        hint="Each firing fetches it anew; if that fails, so does the firing"
        error={errors.url}
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            value={url}
            maxLength={2000}
            placeholder="https://example.org/items.csv"
            onChange={(event) => onChange({ url: event.target.value })}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          reason={type === '' ? 'Choose a job type first' : body.url === '' ? 'Enter an address first' : null}
          onClick={() => setAsked(body)}
        >
          Fetch and count
        </Button>
        {isAsked ? <ItemsPreview body={asked} /> : null}
      </div>
    </div>
  );
}

/** Jobs whose inputs each firing launches again. */
function ItemsQuery({ draft: { type, query }, errors, onChange }: FieldsProps) {
  const [first] = useState(query);
  const id = useId();
  const isClear = query.trim() !== '' && parseQuery(query, 'jobs').problems.length === 0;
  const body = useWhenTypingPauses(isClear && type !== '' ? { type, query: query.trim() } : null);
  return (
    <div className="flex flex-col gap-1 sm:col-span-full">
      <span className="font-medium text-xs" aria-hidden="true">
        Query over jobs
      </span>
      <QueryBar
        kind="jobs"
        label="Query over jobs"
        text={first}
        describedBy={errors.query ? `${id}-error` : undefined}
        onTyped={(typed) => onChange({ query: typed })}
      />
      <p className="text-muted text-xs">
        Each firing launches the inputs of the jobs of this type that match then. If none does, it is skipped.
      </p>
      {errors.query ? (
        <p id={`${id}-error`} role="alert" className="text-status-failed text-xs">
          {errors.query}
        </p>
      ) : null}
      {type === '' ? <p className="text-muted text-sm">Choose a job type to see how many jobs match.</p> : null}
      {body ? <ItemsPreview body={body} /> : null}
    </div>
  );
}

/** How many items a firing would launch at this moment. */
function ItemsPreview({ body }: { body: PreviewItemsBody }) {
  const { data, error, isPending } = useItemsPreview(body);
  if (error) {
    return (
      <p role="alert" className="text-sm text-status-failed [overflow-wrap:anywhere]">
        {describeError(error)}
      </p>
    );
  }
  if (isPending) return <p className="text-muted text-sm">Counting…</p>;
  const { count, more, note } = data.items;
  return (
    <div aria-live="polite" className="text-sm">
      <p>
        {count === 0 && !more
          ? 'Nothing would be launched now.'
          : `Would launch ${formatCount(count, 'item')}${more ? ' or more' : ''} now.`}
      </p>
      {note ? <p className="text-status-partial text-xs">{note}</p> : null}
    </div>
  );
}
