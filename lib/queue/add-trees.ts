import type { FlowJob } from 'bullmq';
import { whileRedisAnswers } from '@/lib/config/redis';
import type { JobType } from '@/lib/job-types/catalogue';
import { type Dispatchable, dataOf, optionsOf } from './enqueue';
import { flowProducer } from './queues';

/** A row and the rows that it waits for. */
export interface QueueTree {
  name: JobType;
  row: Dispatchable;
  children: QueueTree[];
}

/**
 * Adds whole trees: the queue holds each parent back until its children are through, all trees or none.
 * The rows decide what a failed child means, so a child never holds its parent back in the queue.
 */
export async function addTrees(trees: QueueTree[]): Promise<void> {
  if (trees.length > 0)
    await whileRedisAnswers(() => flowProducer().addBulk(trees.map((tree) => flowJob(tree, false))));
}

function flowJob({ name, row, children }: QueueTree, isChild: boolean): FlowJob {
  return {
    name,
    queueName: name,
    data: dataOf(row),
    opts: { ...optionsOf(row, true), ...(isChild ? { removeDependencyOnFailure: true } : {}) },
    ...(children.length > 0 ? { children: children.map((child) => flowJob(child, true)) } : {}),
  };
}
