import type { CreateFlowsResult, FlowDto, FlowNodeDto } from '@/lib/contracts/flow';
import { FLOW_EXAMPLES } from '@/lib/contracts/flow-examples';
import { eventually } from '@/lib/testing/until';
import { expectEqual, PATIENCE, type Stage } from './stage';

/**
 * Launches one of the example flows over HTTP, prints each node when it ends, and checks the totals.
 * @returns the nodes by name, as they ended
 */
export async function runFlow(stage: Stage, key: string): Promise<Map<string, FlowNodeDto>> {
  const example = FLOW_EXAMPLES.find((e) => e.key === key);
  if (!example) throw new Error(`There is no example flow ${key}.`);
  const { flowIds, jobIds } = await stage.call<CreateFlowsResult>('POST', '/api/flows', { flow: example.flow });
  stage.say(`${example.title}: ${jobIds.length} jobs, launched at once. /flows/${flowIds[0]}`);
  const reported = new Set<string>();
  const { flow } = await eventually(
    'the flow has ended',
    async () => {
      const answer = await stage.call<{ flow: FlowDto }>('GET', `/api/flows/${flowIds[0]}`);
      for (const { job } of nodesOf(answer.flow)) {
        if (job.finishedAt === null || reported.has(job.id)) continue;
        reported.add(job.id);
        stage.say(`  ${job.status.padEnd(9)} ${job.name}`);
      }
      return answer;
    },
    (answer) => answer.flow.finishedAt !== null,
    PATIENCE,
  );
  const nodes = nodesOf(flow);
  expectEqual('the flow', flow.status, 'completed');
  expectEqual('its number of nodes', [flow.total, nodes.length], [jobIds.length, jobIds.length]);
  expectEqual('every parent ended after its children', inOrder(flow), true);
  const counted = Object.values(flow.counts).reduce((sum, count) => sum + count, 0);
  expectEqual('its counts', counted, flow.total);
  stage.say(`${flow.counts.completed} of ${flow.total} jobs completed, ${flow.counts.failed} failed.`);
  return new Map(nodes.map((node) => [node.job.name, node]));
}

const nodesOf = (node: FlowNodeDto): FlowNodeDto[] => [...node.children.flatMap(nodesOf), node];

/** A parent begins when all its children have ended. */
const inOrder = ({ job, children }: FlowNodeDto): boolean =>
  children.every((child) => (child.job.finishedAt ?? '~') <= (job.startedAt ?? '') && inOrder(child));
