import { OFFLINE_REASON } from '@/components/shared/gating';
import { formatCount } from '@/components/ui/format';
import type { Finding, FindingCode, RepairDto } from '@/lib/contracts/doctor';

/** A text for each finding: what it means and what a repair does. `cure` is null if a repair does not change it. */
export const FINDING_WORDS: Readonly<Record<FindingCode, { title: string; cure: string | null }>> = {
  'counters-differ': { title: 'The counters are wrong', cure: 'Counts the items again and corrects the counters.' },
  'not-finished': {
    title: 'All items have ended, but the batch has not',
    cure: 'Finishes it with the outcome its items have.',
  },
  'finished-early': { title: 'It was finished too early', cure: 'Opens it again, so that the open items run.' },
  'lost-in-queue': { title: 'The queue has lost items', cure: 'Delivers them again. None of them runs twice.' },
  'holder-gone': { title: 'Items are held by processes that died', cure: 'Releases them, so that they run again.' },
  'never-sealed': { title: 'It was never sealed', cure: null },
  'fewer-than-announced': { title: 'Fewer items were added than announced', cure: null },
  'no-workers': { title: 'No worker process is alive', cure: null },
  'queue-paused': { title: 'The queue is paused', cure: 'Resumes the queue, for all batches.' },
  'queue-away': { title: 'The queue can’t be reached', cure: null },
};

export interface DoctorSituation {
  /** undefined until the first examination has ended */
  findings: readonly Finding[] | undefined;
  offline: boolean;
}

/** Returns why the batch can't be repaired now; null = it can. */
export function repairReason({ findings, offline }: DoctorSituation): string | null {
  if (offline) return OFFLINE_REASON;
  if (!findings) return 'The batch is still being examined';
  if (findings.length === 0) return 'Nothing is wrong with it';
  return findings.some((f) => f.repairable) ? null : 'These faults can only be repaired by hand';
}

/** Summarizes all findings in one sentence. */
export function verdict(findings: readonly Finding[] | undefined): string {
  if (!findings) return 'Counting items and asking the queue.';
  if (findings.length === 0) return 'Counters, items, queue and worker processes agree.';
  const repairable = findings.filter((f) => f.repairable).length;
  const found = `${formatCount(findings.length, 'fault')} ${findings.length === 1 ? 'was' : 'were'} found`;
  if (repairable === 0) return `${found}. Repair by hand is needed.`;
  if (repairable === findings.length) return `${found}. Repair fixes ${repairable === 1 ? 'it' : 'all of them'}.`;
  return `${found}. Repair fixes ${repairable} of them.`;
}

/** Returns what the repair did, one sentence for each change. */
export function repairedWords({ recounted, redelivered, released, resumed, remaining }: RepairDto): string[] {
  const did = [
    recounted ? 'The counters were corrected.' : null,
    released > 0 ? `${formatCount(released, 'item')} released from dead processes.` : null,
    redelivered > 0 ? `${formatCount(redelivered, 'item')} delivered again.` : null,
    resumed.length > 0 ? `Resumed: ${resumed.join(', ')}.` : null,
  ].filter((line) => line !== null);
  if (did.length === 0 && remaining.length === 0) did.push('No fault is left.');
  if (remaining.length > 0) did.push(`${formatCount(remaining.length, 'fault')} left, see above.`);
  return did;
}
