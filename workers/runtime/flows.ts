import { retryForever } from '@/lib/db/retry-forever';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import type { Outbox } from './outbox';

/**
 * After outcomes were recorded, and before the queue may forget their deliveries: what waited for nodes of flows
 * among them starts or ends. So a row is released no later than the queue releases its delivery.
 */
export async function advance(outcomes: Outcome[], outbox: Outbox): Promise<void> {
  const nodes = outcomes.filter((o) => o.flowId);
  if (nodes.length === 0) return;
  const flowIds = [...new Set(nodes.flatMap((o) => o.flowId ?? []))];
  const { changes } = await retryForever('Advancing flows', () =>
    advanceFlows(
      nodes.map((o) => o.id),
      flowIds,
    ),
  );
  outbox.advanced(changes, flowIds);
}
