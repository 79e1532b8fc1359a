'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { formatDuration, formatNumber } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import type { EstimateInput } from '@/lib/client/mutations/bulk-actions';
import type { BulkActionEstimate, BulkActionOf, BulkActionVerb } from '@/lib/contracts/bulk-action';
import { ACTION_WORDS, countOf } from './action-words';
import { EditPart, useEditRules } from './edit-part';
import { EstimateView } from './estimate-view';
import { TagPart, useTagRules } from './tag-part';
import { type Renewed, useBulkStart } from './use-bulk-start';

interface BulkActionDialogProps {
  action: BulkActionVerb;
  /** which jobs: a query, or */
  query?: string;
  /** their ids, or */
  jobIds?: readonly string[];
  /** those of batches, or of flows: their jobs, or they themselves to delete or tag them */
  batchIds?: readonly string[];
  flowIds?: readonly string[];
  /** their job types, as far as they are known: an edit offers the fields of a single one */
  types?: readonly string[];
  open: boolean;
  onClose: () => void;
  /** the action was started, and the dialog closes */
  onStarted?: () => void;
}

/** From this number of jobs on, the number is typed to confirm. */
const TYPED_ABOVE = 10_000;

/** Estimates an action on many jobs, asks for confirmation, and starts it. Its record has a page of its own. */
export function BulkActionDialog({ open, ...props }: BulkActionDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : props.onClose())}>
      {open ? <Content {...props} /> : null}
    </Dialog>
  );
}

function Content({
  action,
  query,
  jobIds,
  batchIds,
  flowIds,
  types,
  onClose,
  onStarted,
}: Omit<BulkActionDialogProps, 'open'>) {
  const router = useRouter();
  const notify = useToast();
  const form = useId();
  const run = useBulkStart();
  const edit = useEditRules();
  const tagging = useTagRules();
  const [rate, setRate] = useState('');
  const [note, setNote] = useState('');
  const [typed, setTyped] = useState('');
  const { verb, danger } = ACTION_WORDS[action];
  /** What is written before there is something to estimate. */
  const rules = action === 'edit' ? edit : action === 'tag' ? tagging : null;
  const perMinute = rate.trim() === '' ? undefined : Number(rate);
  const wrongRate =
    perMinute !== undefined && !(Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 1_000_000);
  const input: EstimateInput = {
    action,
    ...(jobIds ? { jobIds } : batchIds ? { batchIds } : flowIds ? { flowIds } : { query: query ?? '' }),
    ...(action === 'edit' ? { set: edit.set } : {}),
    ...(action === 'tag' ? { tags: tagging.tags } : {}),
    ...(perMinute !== undefined && !wrongRate ? { ratePerMinute: perMinute } : {}),
    ...(note.trim() ? { note: note.trim() } : {}),
  };
  // Once, when the dialog opens.
  useEffect(() => {
    if (!rules) void run.ask(input);
  }, []);
  const isAboutRecords = action === 'delete' || action === 'tag';
  const of: BulkActionOf = !isAboutRecords ? 'jobs' : batchIds ? 'batches' : flowIds ? 'flows' : 'jobs';
  const { estimate } = run;
  const changes = estimate?.changes ?? 0;
  const asksNumber = changes > TYPED_ABOVE;
  const blocked = blockedBy({
    estimate,
    rules,
    wrongRate,
    lacksNote: action === 'discard' && note.trim() === '',
    lacksNumber: asksNumber && typed.replace(/[\s,.]/g, '') !== String(changes),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (blocked || run.asking || run.starting) return;
    void run.start(input).then((started) => {
      if (!started) return;
      notify({
        tone: 'success',
        title: `${verb}: ${countOf(of, started.matched)} chosen, it has started`,
        action: { label: 'Follow it', onAction: () => router.push(links.bulkAction(started.id)) },
      });
      onStarted?.();
      onClose();
    });
  };
  return (
    <DialogContent
      size="lg"
      title={`${verb} ${of}`}
      footer={
        <>
          <DialogClose asChild>
            <Button>Keep as they are</Button>
          </DialogClose>
          {rules ? (
            <Button reason={rules.reason} busy={run.asking && !run.starting} onClick={() => void run.ask(input)}>
              Preview
            </Button>
          ) : null}
          <Button
            type="submit"
            form={form}
            variant={danger ? 'danger' : 'primary'}
            busy={run.starting || (run.asking && estimate !== null)}
            reason={blocked}
          >
            {changes > 0 ? `${verb} ${countOf(of, changes)}` : verb}
          </Button>
        </>
      }
    >
      <form id={form} aria-label={`${verb} ${of}`} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {action === 'tag' ? <TagPart rules={tagging} error={run.error} onChange={run.forget} /> : null}
        {action === 'edit' ? (
          <EditPart edit={edit} types={types ?? typesOf(estimate)} error={run.error} onChange={run.forget} />
        ) : null}
        <RenewedNotice renewed={run.renewed} now={changes} />
        {run.error && !rules?.isAbout(run.error) ? (
          <Notice
            tone="error"
            title={estimate ? 'It was not started' : 'It could not be estimated'}
            actions={
              <Button size="sm" busy={run.asking} onClick={() => void run.ask(input)}>
                Estimate again
              </Button>
            }
          >
            {describeError(run.error)}
          </Notice>
        ) : null}
        {estimate ? <EstimateView estimate={estimate} edited={Object.keys(edit.set)} search={run} /> : null}
        {!estimate && run.asking ? <Estimating /> : null}
        {estimate && changes > 0 ? (
          <>
            <div className="grid gap-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
              <Field
                label={`${{ jobs: 'Jobs', batches: 'Batches', flows: 'Flows' }[of]} a minute, at most`}
                hint={timeInWords(estimate, wrongRate ? undefined : perMinute)}
                error={wrongRate ? 'A whole number from 1 to 1,000,000' : undefined}
              >
                {(control) => (
                  <Input
                    {...control}
                    inputMode="numeric"
                    placeholder="no limit"
                    value={rate}
                    onChange={(event) => setRate(event.target.value)}
                  />
                )}
              </Field>
              <Field
                label="Note"
                note={action === 'discard' ? undefined : 'optional'}
                hint="Why; it stays with the record."
              >
                {(control) => (
                  <Input {...control} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
                )}
              </Field>
            </div>
            {asksNumber ? (
              <Field label={`Type ${formatNumber(changes)} to confirm`}>
                {(control) => (
                  <Input
                    {...control}
                    inputMode="numeric"
                    autoComplete="off"
                    className="max-w-40"
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                )}
              </Field>
            ) : null}
          </>
        ) : null}
      </form>
    </DialogContent>
  );
}

interface Blocking {
  estimate: BulkActionEstimate | null;
  rules: { reason: string | null } | null;
  wrongRate: boolean;
  lacksNote: boolean;
  lacksNumber: boolean;
}

/** Returns why the action can't be started yet; null if it can. */
function blockedBy({ estimate, rules, wrongRate, lacksNote, lacksNumber }: Blocking): string | null {
  if (rules?.reason) return rules.reason;
  if (!estimate) return rules ? 'Open the preview first' : 'It is not estimated yet';
  if (estimate.changes === 0) return 'Nothing would change';
  if (wrongRate) return 'Correct the number of jobs a minute';
  if (lacksNote) return 'Write a note why they are discarded';
  return lacksNumber ? 'Type the number of jobs to confirm' : null;
}

const typesOf = (estimate: BulkActionEstimate | null): string[] => estimate?.runsAgain.map(({ type }) => type) ?? [];

/** How long it takes: as estimated, or by the rate. */
function timeInWords({ changes, seconds }: BulkActionEstimate, perMinute: number | undefined): string {
  const wait = perMinute === undefined ? 0 : (changes / perMinute) * 60;
  return `Takes about ${formatDuration(Math.max(1, seconds, wait) * 1000)}`;
}

function RenewedNotice({ renewed, now }: { renewed: Renewed; now: number }) {
  if (!renewed) return null;
  return (
    <Notice
      tone="warning"
      title={
        renewed.why === 'expired'
          ? 'The estimate had expired'
          : `The number changed from ${formatNumber(renewed.before)} to ${formatNumber(now)}`
      }
    >
      This is a new estimate, and nothing has started. Check it, then confirm again.
    </Notice>
  );
}

function Estimating() {
  return (
    <div role="status" aria-label="Counting the jobs" className="flex flex-col gap-3">
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="w-1/2" />
      <Skeleton className="h-24 w-full" />
    </div>
  );
}
