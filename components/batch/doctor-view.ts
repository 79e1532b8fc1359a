import { adminReason, OFFLINE_REASON } from '@/components/shared/gating';
import { formatCount } from '@/components/ui/format';
import type { Finding, FindingCode, MendedDto } from '@/lib/contracts/doctor';

/** Plain words for each finding: what it means, and what mending does about it. */
export const FINDING_WORDS: Readonly<Record<FindingCode, { title: string; cure: string | null }>> = {
  'counters-differ': { title: 'The counters are wrong', cure: 'Counts the items again and corrects the counters.' },
  'not-finished': { title: 'It has ended, but does not say so', cure: 'Finishes it with the outcome its items have.' },
  'finished-early': { title: 'It was finished too early', cure: 'Opens it again, so that the open items run.' },
  'lost-in-queue': { title: 'The queue has lost items', cure: 'Delivers them again. None of them runs twice.' },
  'holder-gone': { title: 'Items are held by processes that died', cure: 'Takes them back, so that they run again.' },
  'never-sealed': { title: 'It was never closed', cure: null },
  'fewer-than-announced': { title: 'Fewer items came than announced', cure: null },
  'no-workers': { title: 'No worker process is alive', cure: null },
  'queue-paused': { title: 'The queue is paused', cure: 'Resumes the queue, for all batches.' },
  'queue-away': { title: 'The queue can’t be reached', cure: null },
};

export interface DoctorSituation {
  /** undefined while the batch is being examined for the first time */
  findings: readonly Finding[] | undefined;
  role: 'admin' | 'member' | undefined;
  offline: boolean;
}

/** Why the batch can't be mended now; null = it can. */
export function mendReason({ findings, role, offline }: DoctorSituation): string | null {
  const blocked = adminReason(role, 'repair a batch') ?? (offline ? OFFLINE_REASON : null);
  if (blocked) return blocked;
  if (!findings) return 'The batch is still being examined';
  if (findings.length === 0) return 'Nothing is wrong with it';
  return findings.some((f) => f.mendable) ? null : 'What was found can only be put right by hand';
}

/** One sentence over all findings. */
export function verdict(findings: readonly Finding[] | undefined): string {
  if (!findings) return 'Counting items and asking the queue.';
  if (findings.length === 0) return 'Counters, items, queue and worker processes agree.';
  const mendable = findings.filter((f) => f.mendable).length;
  const found = `${formatCount(findings.length, 'thing')} ${findings.length === 1 ? 'is' : 'are'} wrong`;
  if (mendable === 0) return `${found}, to be put right by hand.`;
  if (mendable === findings.length) return `${found}. Mending puts ${mendable === 1 ? 'it' : 'them'} right.`;
  return `${found}. Mending puts ${mendable} right.`;
}

/** What mending did, each as a sentence. */
export function mendedWords({ recounted, redelivered, released, resumed, remaining }: MendedDto): string[] {
  const did = [
    recounted ? 'The counters were corrected.' : null,
    released > 0 ? `${formatCount(released, 'item')} taken back from dead processes.` : null,
    redelivered > 0 ? `${formatCount(redelivered, 'item')} delivered again.` : null,
    resumed.length > 0 ? `Resumed: ${resumed.join(', ')}.` : null,
  ].filter((line) => line !== null);
  if (did.length === 0 && remaining.length === 0) did.push('Everything is in order now.');
  if (remaining.length > 0) did.push(`${formatCount(remaining.length, 'thing')} left, see above.`);
  return did;
}
