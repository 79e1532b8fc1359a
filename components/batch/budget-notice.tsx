'use client';

import { useState } from 'react';
import { withMember } from '@/components/shared/batch-options';
import { Button } from '@/components/ui/button';
import { formatCount, formatDecimal, formatNumber, formatUsd } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Budget, PauseReason } from '@/lib/contracts/batch-options';
import { batchGates, type Situation } from './batch-gates';
import type { BatchActions } from './use-batch-actions';

interface Kind {
  path: string[];
  allowed: (budget: Budget) => number | undefined;
  /** what was counted; more than the budget if rows were in flight. Without it the budget is what passed. */
  used?: (batch: BatchDto) => number | undefined;
  /** the amount with its unit */
  say: (amount: number) => string;
  title: (amount: string) => string;
}

const KINDS: Record<Exclude<PauseReason, 'by-hand'>, Kind> = {
  'budget-failed': {
    path: ['failed'],
    allowed: ({ failed }) => failed,
    used: ({ failed }) => failed,
    say: (n) => formatCount(n, 'item'),
    title: (amount) => `Paused: ${amount} failed`,
  },
  'budget-minutes': {
    path: ['minutes'],
    allowed: ({ minutes }) => minutes,
    say: (n) => `${formatDecimal(n)} ${n === 1 ? 'minute' : 'minutes'}`,
    title: (amount) => `Paused: it has run for ${amount}`,
  },
  'budget-tokens': {
    path: ['cost', 'tokens'],
    allowed: ({ cost }) => cost?.tokens,
    used: ({ costs }) => costs.tokens,
    say: (n) => formatCount(n, 'token'),
    title: (amount) => `Paused: it has used ${amount}`,
  },
  'budget-usd': {
    path: ['cost', 'usd'],
    allowed: ({ cost }) => cost?.usd,
    used: ({ costs }) => costs.usd,
    say: formatUsd,
    title: (amount) => `Paused: it has cost ${amount}`,
  },
};

/** Asks what comes next after the budget of a batch was spent: another amount, or none. */
export function BudgetNotice({
  batch,
  why,
  situation,
  actions,
}: {
  batch: BatchDto;
  why: Exclude<PauseReason, 'by-hand'>;
  situation: Situation;
  actions: BatchActions;
}) {
  const { budget = {} } = batch.options;
  const { path, allowed, used, say, title } = KINDS[why];
  const first = allowed(budget) ?? 1;
  const [more] = useState([first, first * 10]);
  const { resume } = batchGates(situation);
  const passed = Math.max(first, used?.(batch) ?? 0);
  const raised = (by: number) => withMember(budget, path, exact(passed + by)) ?? null;
  return (
    <Notice
      tone="warning"
      title={title(say(passed))}
      actions={
        resume.shown ? (
          <>
            {more.map((by) => (
              <Button
                key={by}
                size="sm"
                reason={resume.reason}
                busy={actions.pending === 'resume'}
                onClick={() => actions.resume(raised(by))}
              >
                Continue with another {why === 'budget-failed' ? formatNumber(by) : say(by)}
              </Button>
            ))}
            <Button
              size="sm"
              variant="ghost"
              reason={resume.reason}
              onClick={() => actions.resume(withMember(budget, path, undefined) ?? null)}
            >
              Continue without a budget
            </Button>
          </>
        ) : null
      }
    >
      Its budget is {why === 'budget-failed' ? `${formatNumber(first)} failed` : say(first)}, and it is spent. What runs
      ends, and nothing else starts until somebody decides.
    </Notice>
  );
}

/** Sums of prices have digits that only the addition makes. */
const exact = (amount: number): number => Math.round(amount * 1e6) / 1e6;
