import { aFlow, aNode, someCounts } from '@/lib/client/live/flow-fixtures';
import type { FlowDto } from '@/lib/contracts/flow';
import { ago } from './fixtures';

export const FLOWS = {
  running: aFlow({ name: 'nightly report', createdAt: ago(120), startedAt: ago(118) }, [
    aNode('extract', 'completed'),
    aNode('transform', 'active'),
    aNode('load', 'pending'),
  ]),
  failed: aFlow(
    {
      name: 'nightly report',
      status: 'failed',
      total: 3,
      progress: 100,
      counts: someCounts({ failed: 2, completed: 1 }),
      createdAt: ago(400),
      startedAt: ago(390),
      finishedAt: ago(300),
    },
    [aNode('extract', 'completed'), aNode('load', 'failed')],
  ),
  wide: aFlow(
    {
      name: 'thousand pages',
      total: 1001,
      progress: 20,
      counts: someCounts({ 'waiting-children': 1, completed: 200, pending: 800 }),
      createdAt: ago(120),
      startedAt: ago(118),
    },
    [aNode('page 1', 'completed')],
  ),
} satisfies Record<string, FlowDto>;
