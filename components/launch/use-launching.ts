'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ApiError, describeError, OfflineError } from '@/lib/client/api';
import { type LaunchOutcome, type LaunchVariables, useLaunch } from '@/lib/client/mutations/launch';
import type { InputIssue } from '@/lib/contracts/errors';

export interface Refusal {
  kind: 'items' | 'fields' | 'capacity' | 'other';
  title: string;
  detail: string;
  issues: InputIssue[];
  /** names of the batches that hold the slots */
  running: string[];
  at: number;
  /** key of the refused draft; the refusal does not apply to another draft */
  key: string;
}

function namesOf(error: ApiError): string[] {
  const running = error.problem.runningBatches;
  if (!Array.isArray(running)) return [];
  return running.flatMap((b: unknown) =>
    typeof b === 'object' && b !== null && 'name' in b && typeof b.name === 'string' ? [b.name] : [],
  );
}

/** Returns what failed, why, and what the user can do. */
export function explain(error: Error): Omit<Refusal, 'at' | 'key'> {
  const plain = { kind: 'other' as const, issues: [], running: [] };
  if (error instanceof OfflineError) {
    return {
      ...plain,
      title: 'Batchyard cannot be reached',
      detail: 'Nothing typed is lost. Launch again when it is back: the same launch is never created twice.',
    };
  }
  if (!(error instanceof ApiError)) return { ...plain, title: 'The launch failed', detail: describeError(error) };
  const { detail, errors: issues } = error;
  if (error.code === 'capacity-reached' || error.problem.limit === 'runningBatches') {
    return { kind: 'capacity', title: 'At capacity', detail, issues, running: namesOf(error) };
  }
  if (error.code === 'unknown-channel' || error.code === 'invalid-channel') {
    return { ...plain, kind: 'fields', title: 'Who is to be told can’t be', detail, issues };
  }
  switch (error.status) {
    case 422:
      return { ...plain, kind: 'items', title: 'Some items are invalid', detail, issues };
    case 400:
      return { ...plain, kind: 'fields', title: 'Something in this launch is not accepted', detail, issues };
    case 413:
      return { ...plain, title: 'This launch is too large', detail };
    case 403:
      return { ...plain, title: 'You may not launch this', detail };
    default:
      return {
        ...plain,
        title: error.status >= 500 ? 'Batchyard could not create the batch' : error.title,
        detail: error.status >= 500 ? `${detail} Launch again: the same launch is never created twice.` : detail,
      };
  }
}

/** Sends the launch and keeps the result. Opens the created batch. */
export function useLaunching(onCreated: () => void) {
  const router = useRouter();
  const launch = useLaunch();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [running, setRunning] = useState<(LaunchOutcome & { key: string }) | null>(null);
  const [leaving, setLeaving] = useState(false);

  /** `key` identifies the draft of the launch. */
  const send = (variables: LaunchVariables, key: string) => {
    if (launch.isPending || leaving) return;
    setRefusal(null);
    setRunning(null);
    launch.mutate(variables, {
      onSuccess: (outcome) => {
        if (outcome.outcome === 'running') {
          setRunning({ ...outcome, key });
          return;
        }
        setLeaving(true);
        onCreated();
        router.push(`/batches/${outcome.batchId}`);
      },
      onError: (error) => setRefusal({ ...explain(error), at: Date.now(), key }),
    });
  };
  return { send, busy: launch.isPending || leaving, leaving, refusal, running };
}
