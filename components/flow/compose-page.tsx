'use client';

import { ChevronDown, Rocket } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useDeferredValue, useMemo, useRef } from 'react';
import { OFFLINE_REASON } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { useStale } from '@/lib/client/live/use-connection';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import { useCapacity } from '@/lib/client/queries/system';
import { type Checked, checkFlowText, inputSchemas, issueAt } from './compose/check-flow';
import { EXAMPLES, writeJson } from './compose/examples';
import { IssueList } from './compose/issue-list';
import type { EditorHandle } from './compose/json-editor';
import { parseWithPlaces } from './compose/json-places';
import { useFlowDraft } from './compose/use-flow-draft';
import { pathOf, useFlowLaunch } from './compose/use-flow-launch';
import { FlowPreview } from './flow-preview';

const JsonEditor = dynamic(() => import('./compose/json-editor'), { ssr: false, loading: EditorSkeleton });

/** Summarizes the flows of the text in one sentence. */
export function sentenceOf({ flows, nodes, levels, leaves, types }: Checked): string {
  if (nodes === 0) return '';
  const what = flows.length === 1 ? '' : `${formatCount(flows.length, 'flow')} with `;
  const start =
    leaves === nodes
      ? 'All start at once.'
      : `${formatCount(leaves, 'job')} start${leaves === 1 ? 's' : ''} at once, the others wait for them.`;
  return `${what}${formatCount(nodes, 'job')} on ${formatCount(levels, 'level')}, ${types.join(', ')}. ${start}`;
}

/** Edits a flow as JSON with a live preview of its tree, and launches it. */
export function ComposePage() {
  const { draft, write, launched } = useFlowDraft();
  const { data: types } = useLaunchableTypes();
  const { data: capacity } = useCapacity();
  const offline = useStale();
  const { send, busy, refusal, waitSeconds } = useFlowLaunch(launched);
  const editor = useRef<EditorHandle>(null);
  const text = draft?.text ?? '';
  const settled = useDeferredValue(text);
  const known = useMemo(() => (types ? inputSchemas(types) : null), [types]);
  const checked = useMemo(() => checkFlowText(settled, known), [settled, known]);
  const refused = refusal && refusal.text === text ? refusal : null;
  const issues = useMemo(() => {
    if (!refused || refused.issues.length === 0) return checked.issues;
    const parsed = parseWithPlaces(refused.text);
    return refused.issues.map((issue) => issueAt(refused.text, parsed, pathOf(issue), issue.message));
  }, [refused, checked.issues]);

  const reason = offline
    ? OFFLINE_REASON
    : checked.nodes === 0 && checked.issues.length === 0
      ? 'Write a flow, or start with an example'
      : checked.issues.length > 0
        ? `Fix ${formatCount(checked.issues.length, 'mistake')} first`
        : waitSeconds > 0
          ? `Try again in ${waitSeconds} s`
          : null;
  const launch = (): void => {
    if (draft && !reason && settled === text) send(text, draft.idempotencyKey);
  };
  return (
    <Page className="h-full min-h-160 gap-3">
      <PageHeader
        title="New flow"
        meta="A tree of jobs in JSON. Each job starts when its children have ended, and reads their results."
        actions={
          <>
            <ExampleMenu onChoose={write} />
            <Button variant="primary" reason={reason} busy={busy} onClick={launch}>
              <Rocket className="max-sm:hidden" />
              {waitSeconds > 0
                ? `Try again in ${waitSeconds} s`
                : `Launch ${checked.nodes > 0 ? formatCount(checked.nodes, 'job') : 'flow'}`}
            </Button>
          </>
        }
      />
      {refused ? (
        <Notice tone={refused.tone} title={refused.title}>
          {refused.detail}
        </Notice>
      ) : null}
      {capacity?.workers.length === 0 ? (
        <Notice tone="warning">No worker is connected. The flow is stored and starts when a worker connects.</Notice>
      ) : null}
      <div className="grid min-h-0 flex-1 gap-3 max-lg:grid-rows-[minmax(280px,1fr)_minmax(240px,1fr)] lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <section
          aria-label="Flow as JSON"
          className="flex min-h-0 flex-col overflow-hidden rounded-md border bg-surface"
        >
          <div className="min-h-0 flex-1">
            {draft ? (
              <JsonEditor
                label="Flow"
                value={text}
                onChange={write}
                issues={issues}
                onSubmit={launch}
                handle={editor}
              />
            ) : (
              <EditorSkeleton />
            )}
          </div>
          <IssueList issues={issues} summary={sentenceOf(checked)} onGoTo={(offset) => editor.current?.goTo(offset)} />
        </section>
        <section aria-label="Preview" className="flex min-h-0 flex-col overflow-hidden rounded-md border bg-canvas">
          <FlowPreview flows={checked.flows} />
        </section>
      </div>
    </Page>
  );
}

function ExampleMenu({ onChoose }: { onChoose: (text: string) => void }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          Examples <ChevronDown />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {EXAMPLES.map(({ key, title, about, flow }) => (
          <DropdownMenuItem key={key} hint={about} onSelect={() => onChoose(writeJson(flow))}>
            {title}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function EditorSkeleton() {
  return (
    <div aria-hidden="true" className="flex h-full flex-col gap-2.5 p-3">
      {['w-24', 'w-56', 'w-48', 'w-72', 'w-64', 'w-40'].map((width) => (
        <Skeleton key={width} className={width} />
      ))}
    </div>
  );
}
