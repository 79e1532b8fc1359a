'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Budget } from '@/lib/contracts/batch-options';
import { batchGates, type Situation } from './batch-gates';
import type { BatchActions } from './use-batch-actions';

/** Asks what comes next after the budget of a batch was spent: another amount, or none. */
export function BudgetNotice({
  batch,
  situation,
  actions,
}: {
  batch: BatchDto;
  situation: Situation;
  actions: BatchActions;
}) {
  const { budget = {} } = batch.options;
  const ofTime = batch.pausedWhy === 'budget-minutes';
  const first = (ofTime ? budget.minutes : budget.failed) ?? 1;
  const [more] = useState([first, first * 10]);
  const { resume } = batchGates(situation);
  const without = ofTime ? pick(budget, 'failed') : pick(budget, 'minutes');
  const raised = (by: number): Budget =>
    ofTime ? { ...budget, minutes: first + by } : { ...budget, failed: Math.max(first, batch.failed) + by };
  return (
    <Notice
      tone="warning"
      title={
        ofTime
          ? `Paused: it has run for ${formatNumber(first)} ${first === 1 ? 'minute' : 'minutes'}`
          : `Paused: ${formatCount(batch.failed, 'item')} failed`
      }
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
                Continue with another {formatNumber(by)}
                {ofTime ? ' min' : ''}
              </Button>
            ))}
            <Button
              size="sm"
              variant="ghost"
              reason={resume.reason}
              onClick={() => actions.resume(Object.keys(without).length > 0 ? without : null)}
            >
              Continue without a budget
            </Button>
          </>
        ) : null
      }
    >
      Its budget is {ofTime ? 'of time' : `${formatNumber(first)} failed`}, and it is spent. What runs ends, and nothing
      else starts until somebody decides.
    </Notice>
  );
}

const pick = (budget: Budget, name: keyof Budget): Budget =>
  budget[name] === undefined ? {} : { [name]: budget[name] };
