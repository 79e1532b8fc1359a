import type { Transaction } from '@/lib/db/transaction';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { publishChanges } from '@/lib/events/relay';
import { finishFlows, settleNodes } from './settle-nodes';

/** After one node of a locked flow was ended by a verb: what waited for it goes on or ends, and so does the flow. */
export async function settleNode(tx: Transaction, flowId: string, parentId: string | null): Promise<void> {
  const settled = await settleNodes(tx.db, parentId ? [parentId] : []);
  await finishFlows(tx.db, [flowId]);
  tx.afterCommit(() => deliverJobs(settled.deliver));
  tx.afterCommit(() => publishChanges({ jobs: settled.changes.slice(0, 200), flows: [flowId] }));
}
