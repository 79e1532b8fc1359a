import { afterAll, expect, it } from 'vitest';
import type { ServerEventName } from '@/lib/contracts/events';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createContext } from '@/lib/testing/factories';
import { until } from '@/lib/testing/until';
import { Hub } from './hub';
import { type Sink, Viewer } from './viewer';

interface Received {
  event: ServerEventName | undefined;
  data: Record<string, never>;
}

/** Stores the events of a stream as its client receives them. */
class Client implements Sink {
  readonly received: Received[] = [];

  write(text: string): boolean {
    const event = /^event: (.*)$/m.exec(text)?.[1] as ServerEventName | undefined;
    const data = /^data: (.*)$/m.exec(text)?.[1];
    if (event && data) this.received.push({ event, data: JSON.parse(data) });
    return true;
  }
  force(text: string): void {
    this.write(text);
  }
  close(): void {}
}

const hub = new Hub();
afterAll(() => hub.close());

it('the stream of a flow starts with its counts, and sends every change of them and of its nodes only', async () => {
  const context = await createContext();
  const tree = (name: string) => ({
    name,
    type: 'collect',
    data: {},
    children: [{ name: 'leaf', type: 'diagnostic' }],
  });
  const { result } = await createFlows(context, { flows: [tree('mine'), tree('other')] });
  const [flowId = '', other = ''] = result.flowIds;
  const client = new Client();
  const viewer = new Viewer(context, { batchIds: new Set(), jobIds: new Set(), flowIds: new Set([flowId]) }, client);
  hub.add(viewer);
  await hub.refresh(viewer);
  expect(client.received[0]).toMatchObject({
    event: 'snapshot',
    data: { batches: [], flows: [{ id: flowId, total: 2, counts: { pending: 1, 'waiting-children': 1 } }] },
  });
  await cancelFlow(context, other);
  await cancelFlow(context, flowId);
  const progress = await until('the end is sent', () =>
    client.received.find((t) => t.event === 'flow:progress' && (t.data as { status?: string }).status === 'cancelled'),
  );
  expect(progress.data).toMatchObject({
    flowId,
    counts: { cancelled: 2 },
    // nodes that never ran do not count as progress
    progress: 0,
    finishedAt: expect.any(String),
  });
  const jobs = () => client.received.flatMap((t) => (t.data as { job?: { flowId: string; status: string } }).job ?? []);
  await until('both nodes are sent', () => jobs().filter((j) => j.status === 'cancelled').length === 2);
  expect(new Set(jobs().map((j) => j.flowId))).toEqual(new Set([flowId]));

  const stranger = new Client();
  const blind = new Viewer(await createContext(), viewer.filter, stranger);
  hub.add(blind);
  await hub.refresh(blind);
  expect(stranger.received[0]?.data).toMatchObject({ flows: [] });
});
