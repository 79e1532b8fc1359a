'use client';

import { FlaskConical } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { SchemaField } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import type { InputIssue } from '@/lib/contracts/errors';
import type { Draft, Source } from './draft';
import type { Found } from './dropped-files';
import type { Items } from './items';
import { MAX_COPIES } from './items';
import { ItemsFiles } from './items-files';
import { ItemsPaste } from './items-paste';
import { MoreFields } from './more-fields';
import type { Upload, Uploads } from './uploads';
import type { useBring } from './use-bring';
import type { DraftState } from './use-draft';

const WORD: Record<Source, string> = { files: 'Files', paste: 'Rows', form: 'Form' };

interface StepItemsProps {
  state: DraftState & { draft: NonNullable<DraftState['draft']> };
  sources: readonly Source[];
  source: Source;
  fields: readonly SchemaField[];
  formFields: readonly SchemaField[];
  items: Items;
  /** errors found by the browser and the server, by row */
  issues: readonly InputIssue[];
  uploads: Uploads;
  list: readonly Upload[];
  bring: ReturnType<typeof useBring>;
  /** fills in items to try the type with; null if there are items, or no sample */
  sample: (() => Promise<void>) | null;
  onOpen: (importId: string) => void;
  /** the imported table, which replaces pasted text */
  table: ReactNode;
}

/** The second step: the source of the items. Each source keeps its content while another one is shown. */
export function StepItems(props: StepItemsProps) {
  const { state, sources, source, fields, formFields, items, issues, uploads, list } = props;
  const { draft, change } = state;
  const takeAsItems = (files: readonly Found[]) => {
    uploads.add(files);
    change({ source: 'files' });
  };
  const ofForm = Object.fromEntries(issues.map((issue) => [issue.path, issue.message]));
  return (
    <Tabs value={source} onValueChange={(value) => change({ source: value as Source })}>
      <div className="relative mb-3">
        <TabsList aria-label="Where the items come from">
          {sources.map((each) => (
            <TabsTrigger key={each} value={each}>
              {WORD[each]}
            </TabsTrigger>
          ))}
        </TabsList>
        {props.sample ? (
          <Button variant="ghost" size="sm" onClick={() => void props.sample?.()} className="absolute top-1 right-0">
            <FlaskConical /> Use a sample
          </Button>
        ) : null}
      </div>
      <TabsContent value="files">
        <ItemsFiles
          draft={draft}
          change={change}
          fields={fields}
          fieldIssues={items.fieldIssues}
          uploads={uploads}
          list={list}
          issues={issues}
          bring={props.bring}
        />
      </TabsContent>
      <TabsContent value="paste">
        {props.table ?? (
          <ItemsPaste
            draft={draft}
            change={change}
            fields={fields}
            items={items}
            issues={issues}
            bring={props.bring}
            onOpen={props.onOpen}
            onItems={sources.includes('files') ? takeAsItems : undefined}
          />
        )}
      </TabsContent>
      <TabsContent value="form">
        <ItemsForm draft={draft} change={change} fields={formFields} issues={items.fieldIssues} refused={ofForm} />
      </TabsContent>
    </Tabs>
  );
}

interface ItemsFormProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  fields: readonly SchemaField[];
  issues: Readonly<Record<string, string>>;
  /** what the server found at the last launch, by field */
  refused: Readonly<Record<string, string>>;
}

/** A form for one item, generated from the type's schema, with a number of copies. */
function ItemsForm({ draft, change, fields, issues, refused }: ItemsFormProps) {
  // An error shows once its field was left: nobody has made a mistake in a form that just opened.
  const [left, setLeft] = useState(() => new Set(Object.keys(draft.form)));
  const others = fields.filter((field) => !field.main);
  const inputs = (of: readonly SchemaField[]) =>
    of.map((field) => (
      <SchemaInput
        key={field.name}
        field={field}
        value={draft.form[field.name] ?? ''}
        error={refused[field.name] ?? (left.has(field.name) ? issues[field.name] : undefined)}
        onChange={(value) => change((now) => ({ form: { ...now.form, [field.name]: value } }))}
        onLeave={() => setLeft((before) => new Set(before).add(field.name))}
      />
    ));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        {inputs(fields.filter((field) => field.main))}
        <Field label="Copies" hint="how many items like this" error={issues[' copies']}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.copies}
              placeholder={`1 to ${MAX_COPIES.toLocaleString('en-US')}`}
              onChange={(event) => change(() => ({ copies: event.target.value }))}
            />
          )}
        </Field>
      </div>
      <MoreFields
        names={others.map(({ name }) => name)}
        wrong={others.some(({ name }) => (refused[name] ?? issues[name]) !== undefined)}
      >
        <div className="grid gap-3 p-3 sm:grid-cols-2">{inputs(others)}</div>
      </MoreFields>
    </div>
  );
}
