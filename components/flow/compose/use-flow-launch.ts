'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { formatCount } from '@/components/ui/format';
import { useToast } from '@/components/ui/toast';
import { ApiError, describeError, OfflineError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useLaunchFlows } from '@/lib/client/mutations/flows';
import type { InputIssue } from '@/lib/contracts/errors';
import type { CreateFlowsBody, FlowNodeBody } from '@/lib/contracts/flow';
import { parseJson } from '@/lib/contracts/json';

export interface LaunchRefusal {
  tone: 'warning' | 'error';
  title: string;
  detail: string;
  issues: readonly InputIssue[];
  /** the refused text; the refusal does not apply to another text */
  text: string;
  /** time in ms (as `Date.now()`) before which a retry would fail; null = retry at any time */
  waitUntil: number | null;
}

/** Returns what was refused, why, and what the user can do. */
export function explainRefusal(error: Error, text: string, now: number): LaunchRefusal {
  const plain = { tone: 'error' as const, issues: [], text, waitUntil: null };
  if (error instanceof OfflineError) {
    return {
      ...plain,
      title: 'Batchyard cannot be reached',
      detail: 'Nothing typed is lost. Launch again when it is back: the same flow is never created twice.',
    };
  }
  if (!(error instanceof ApiError)) return { ...plain, title: 'The launch failed', detail: describeError(error) };
  const { detail, errors: issues, status, retryAfter } = error;
  if (status === 429) {
    const waitUntil = retryAfter === null ? null : now + retryAfter * 1000;
    return { ...plain, tone: 'warning', title: 'Not now', detail, waitUntil };
  }
  if (status === 400 || status === 422)
    return { ...plain, title: 'Something in this flow is not accepted', detail, issues };
  if (status === 413) return { ...plain, title: 'This flow is too large', detail };
  if (status === 403) return { ...plain, title: 'You may not launch this', detail };
  return {
    ...plain,
    title: 'Batchyard could not create the flow',
    detail: `${detail} Launch again: the same flow is never created twice.`,
  };
}

/** Returns the request body for a text that has been checked before. */
export function bodyOf(text: string): CreateFlowsBody {
  const value = parseJson(text) as FlowNodeBody | FlowNodeBody[];
  return Array.isArray(value) ? { flows: value } : { flow: value };
}

/** Returns the path of a server issue in the text: its path without the request's field name. */
export function pathOf(issue: InputIssue): (string | number)[] {
  const parts = issue.path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return parts[0] === 'flow' || parts[0] === 'flows' ? parts.slice(1) : parts;
}

/** Sends the flows and keeps the result. Opens a single flow; opens the list after several. */
export function useFlowLaunch(onLaunched: () => void) {
  const router = useRouter();
  const notify = useToast();
  const launch = useLaunchFlows();
  const [refusal, setRefusal] = useState<LaunchRefusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  const wait = useWait(refusal?.waitUntil ?? null);

  const send = (text: string, idempotencyKey: string): void => {
    if (launch.isPending || leaving) return;
    setRefusal(null);
    launch.mutate(
      { body: bodyOf(text), idempotencyKey },
      {
        onSuccess: ({ flowIds }) => {
          setLeaving(true);
          onLaunched();
          const [first] = flowIds;
          if (flowIds.length > 1) notify({ tone: 'success', title: `${formatCount(flowIds.length, 'flow')} launched` });
          router.push(flowIds.length === 1 && first ? links.flow(first) : '/flows');
        },
        onError: (error) => setRefusal(explainRefusal(error, text, Date.now())),
      },
    );
  };
  return { send, busy: launch.isPending || leaving, refusal, waitSeconds: wait };
}

/** Returns the whole seconds until a time; 0 after it. */
function useWait(until: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  return until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}
