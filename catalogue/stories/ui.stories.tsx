import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ago } from '@/catalogue/fixtures';
import { JOB_TYPES } from '@/catalogue/job-type-fixtures';
import type { Story } from '@/catalogue/story';
import { NewRecord } from '@/components/shared/new-record';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { Progress } from '@/components/ui/progress';
import { RecordProblem } from '@/components/ui/record-problem';
import { fieldsOf } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import { SearchInput } from '@/components/ui/search-input';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Spinner } from '@/components/ui/spinner';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { type MarkStatus, STATUS_LOOK } from '@/components/ui/status';
import { StatusFilter } from '@/components/ui/status-filter';
import { StatusBadge, StatusMark } from '@/components/ui/status-mark';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { Time } from '@/components/ui/time';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { TypeTitle } from '@/components/ui/type-title';
import { VirtualTable } from '@/components/ui/virtual-table';
import { ApiError } from '@/lib/client/api';
import { JOB_STATUSES } from '@/lib/contracts/status';

const story = (render: Story['render'], more: Partial<Story> = {}): Story => ({ render, ...more });
const row = 'flex flex-wrap items-center gap-2 p-4';
const nothing = () => undefined;
const MARKS = Object.keys(STATUS_LOOK) as MarkStatus[];

export const Buttons = story(() => (
  <div className={row}>
    {(['primary', 'secondary', 'ghost', 'danger', 'link'] as const).map((variant) => (
      <span key={variant} className={row}>
        <Button variant={variant}>{variant}</Button>
        <Button variant={variant} size="sm">
          {variant}, small
        </Button>
        <Button variant={variant} busy>
          {variant}, busy
        </Button>
        <Button variant={variant} reason="Only an administrator can do this">
          {variant}, blocked
        </Button>
        <Button variant={variant} disabled>
          {variant}, disabled
        </Button>
      </span>
    ))}
    <Button size="icon" aria-label="Add">
      <Plus />
    </Button>
    <Button asChild>
      <a href="/batches">All batches</a>
    </Button>
    <NewRecord what="batch" />
    <CopyButton value="b1" label="Copy id" />
    <CopyButton value="b1" label="Copy link" withText />
  </div>
));

export const Statuses = story(() => (
  <ul className={row}>
    {MARKS.map((status) => (
      <li key={status} className={row}>
        <StatusBadge status={status} filled />
        <StatusBadge status={status} />
        <StatusMark status={status} label={STATUS_LOOK[status].word} />
      </li>
    ))}
  </ul>
));

export const Badges = story(() => (
  <div className={row}>
    <Badge>neutral</Badge>
    <Badge tone="accent">accent</Badge>
    <Badge tone="outline">outline</Badge>
    <Badge mono>document-processing</Badge>
    <TypeTitle type="diagnostic" />
    <TypeTitle type="unknown-type" />
    <Spinner />
    <Skeleton className="w-24" />
  </div>
));

export const Notices = story(() => (
  <div className="flex flex-col gap-2 p-4">
    {(['info', 'success', 'warning', 'error'] as const).map((tone) => (
      <Notice key={tone} tone={tone} title={`A notice: ${tone}`} actions={<Button size="sm">Do something</Button>}>
        What happened, why, and what to do.
      </Notice>
    ))}
    <Notice>Without a title.</Notice>
  </div>
));

export const Fields = story(() => (
  <div className="grid gap-3 p-4">
    <Field label="Name" hint="as it is shown in lists" note="optional">
      {(control) => <Input {...control} defaultValue="embed-handbook" />}
    </Field>
    <Field label="Attempts" error="must be a whole number from 1 to 100">
      {(control) => <Input {...control} defaultValue="many" />}
    </Field>
    <Field label="Items">{(control) => <Textarea {...control} rows={3} defaultValue="a&#10;b" />}</Field>
    <Field label="Format">
      {(control) => (
        <Select {...control}>
          <option>CSV</option>
          <option>JSON</option>
        </Select>
      )}
    </Field>
    <SearchInput label="Search batches" value="embed" onSearch={nothing} />
    {fieldsOf(JOB_TYPES[1]?.inputSchema ?? {}).map((field) => (
      <SchemaInput
        key={field.name}
        field={field}
        value=""
        error={field.name === 'note' ? 'is too long' : undefined}
        onChange={nothing}
      />
    ))}
  </div>
));

function Filter() {
  const [chosen, setChosen] = useState<(typeof JOB_STATUSES)[number][]>(['failed']);
  return <StatusFilter statuses={JOB_STATUSES} chosen={chosen} onChange={setChosen} />;
}
export const FilterByStatus = story(() => <Filter />);

export const ProgressBars = story(() => (
  <div className="flex flex-col gap-4 p-4">
    <Progress label="Nothing yet" total={100} parts={[]} />
    <Progress
      label="Halfway"
      total={100}
      size="sm"
      parts={[
        { status: 'completed', value: 40 },
        { status: 'failed', value: 10 },
        { status: 'active', value: 5 },
      ]}
    />
    <Progress label="Done" total={100} size="lg" parts={[{ status: 'completed', value: 100 }]} />
  </div>
));

export const States = story(() => (
  <div className="grid gap-4">
    <EmptyState title="No batches yet" actions={<Button>Launch one</Button>} icon={<Plus />}>
      A batch is many items and one thing to do with each.
    </EmptyState>
    <ErrorState title="The batches could not be read" detail="The server answered 500." onRetry={nothing} />
    <ErrorState title="The batches could not be read" onRetry={nothing} retrying />
    <RecordProblem
      what="batch"
      error={new ApiError(404, { code: 'not-found', detail: 'There is no such batch.' }, null)}
      onRetry={nothing}
      retrying={false}
    />
    <RecordProblem
      what="job"
      error={new ApiError(500, { detail: 'The server answered 500.' }, null)}
      onRetry={nothing}
      retrying={false}
    />
  </div>
));

export const PageAndPanels = story(() => (
  <Page>
    <PageHeader
      title="embed-handbook"
      aside={<Badge mono>diagnostic</Badge>}
      meta="by ana · 4 min ago"
      actions={<Button>Pause</Button>}
    />
    <Panel title="Throughput" actions={<span>312 /s</span>}>
      <Time at={ago(240)} /> · <Time at={ago(-90)} prefix="due" />
    </Panel>
    <Panel title="Names" flush>
      <TruncateMiddle text="a-very-long-name-of-a-document-that-does-not-fit-into-its-column-v12-final.pdf" />
    </Panel>
  </Page>
));

const WORDS = Array.from({ length: 60 }, (_, i) => ({ id: String(i), name: `row ${i + 1}` }));
export const Tables = story(() => (
  <div className="grid gap-4 p-4">
    <Table aria-label="Three rows" className="[--columns:80px_1fr]">
      <TableHeader>
        <TableHead>#</TableHead>
        <TableHead right>Name</TableHead>
      </TableHeader>
      {WORDS.slice(0, 3).map(({ id, name }) => (
        <TableRow key={id}>
          <TableCell>{id}</TableCell>
          <TableCell right>{name}</TableCell>
        </TableRow>
      ))}
    </Table>
    <VirtualTable
      label="Sixty rows"
      columns="[--columns:1fr]"
      className="h-60"
      header={
        <TableHeader>
          <TableHead>Name</TableHead>
        </TableHeader>
      }
      rows={WORDS}
      rowKey={({ id }) => id}
      renderRow={({ name }) => (
        <TableRow>
          <TableCell>{name}</TableCell>
        </TableRow>
      )}
      rowHeight={32}
      hasMore={false}
      loadingMore
      onEnd={nothing}
      scope=""
      waiting={12}
    />
  </div>
));

export const TabsOfAJob = story(() => (
  <Tabs defaultValue="result" className="p-4">
    <TabsList aria-label="About this job">
      <TabsTrigger value="result">Result</TabsTrigger>
      <TabsTrigger value="input">Input</TabsTrigger>
      <TabsTrigger value="logs" disabled>
        Logs
      </TabsTrigger>
    </TabsList>
    <TabsContent value="result">The result</TabsContent>
    <TabsContent value="input">The input</TabsContent>
  </Tabs>
));
