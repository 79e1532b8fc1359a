import { type MarkStatus, STATUS_LOOK } from '@/components/ui/status';
import { links } from '@/lib/client/links';
import type { FiringDto } from '@/lib/contracts/firing';
import type { ScheduleDto } from '@/lib/contracts/schedule';

/** Returns the mark and the word of what came of a due time. */
export function firingLook({ status, outcome }: Pick<FiringDto, 'status' | 'outcome'>): {
  mark: MarkStatus;
  word: string;
} {
  if (status === 'queued') return { mark: 'pending', word: 'waiting' };
  if (status === 'skipped') return { mark: 'cancelled', word: 'skipped' };
  if (status === 'missed') return { mark: 'delayed', word: 'missed' };
  if (status === 'failed') return { mark: 'failed', word: 'not launched' };
  if (outcome === null) return { mark: 'in-progress', word: 'running' };
  if (outcome === 'deleted') return { mark: 'cancelled', word: 'deleted' };
  const mark = outcome in STATUS_LOOK ? (outcome as MarkStatus) : 'completed';
  return { mark, word: STATUS_LOOK[mark].word };
}

/** Returns the page of what a firing launched. */
export function firingLink({ batchId, jobId, flowId }: FiringDto): { href: string; word: string } | null {
  if (batchId) return { href: links.batch(batchId), word: 'batch' };
  if (jobId) return { href: links.job(jobId), word: 'job' };
  return flowId ? { href: links.flow(flowId), word: 'flow' } : null;
}

/** Returns the mark and the word of a schedule itself. */
export function scheduleLook({ paused, nextAt, problem }: ScheduleDto): { mark: MarkStatus; word: string } {
  if (paused) return { mark: 'paused', word: 'paused' };
  if (nextAt === null) return { mark: 'completed', word: 'ended' };
  return problem === null ? { mark: 'delayed', word: 'waiting' } : { mark: 'partial', word: 'no worker' };
}

/** `12 completed, 1 missed` */
export function countedWords(firings: readonly FiringDto[]): string {
  const counts = new Map<string, number>();
  for (const firing of firings) {
    const { word } = firingLook(firing);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
