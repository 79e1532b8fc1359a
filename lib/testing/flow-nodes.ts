import type { FlowNodeBody, FlowNodeDto } from '@/lib/contracts/flow';
import { must } from '@/lib/contracts/must';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import type { Gate } from './gate';

type Options = FlowNodeBody['opts'];
type Data = { outcome?: string; durationMs?: number; payload?: unknown };

/** A node without children: a diagnostic job. */
export const leaf = (name: string, data: Data = {}, opts: Options = {}): FlowNodeBody => ({
  name,
  type: 'diagnostic',
  data,
  opts,
});

/** A leaf that runs until the gate opens. */
export const held = (name: string, gate: Gate): FlowNodeBody => ({ name, type: 'bulk-operation', data: gate.item });

/** A node that collects the payloads of its children. */
export const parent = (name: string, children: FlowNodeBody[], opts: Options = {}): FlowNodeBody => ({
  name,
  type: 'collect',
  data: { field: 'payload' },
  opts,
  children,
});

/** Returns the statuses by name, for trees whose names are unique. */
export const statusesOf = (node: FlowNodeDto): Record<string, string> =>
  Object.assign({ [node.job.name]: node.job.status }, ...node.children.map(statusesOf));

/** Creates one flow. @returns its id */
export async function createFlow(context: Context, flow: FlowNodeBody): Promise<string> {
  const { result } = await createFlows(context, { flow });
  return must(result.flowIds[0], 'The id of the flow');
}
