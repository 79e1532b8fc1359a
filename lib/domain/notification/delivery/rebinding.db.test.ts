import { expect, test, vi } from 'vitest';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { testChannel } from '@/lib/domain/notification/channel/test-channel';
import { createContext } from '@/lib/testing/factories';
import { startHookReceiver } from '@/lib/testing/hook-receiver';

const name = vi.hoisted(() => ({ address: '93.184.216.34' }));

// The names of this machine cannot be changed, so only the resolver is another one.
vi.mock('@/lib/outbound/outbound', async () => {
  const { OutboundClient } = await import('@/lib/outbound/client');
  const client = new OutboundClient({ rules: [] }, { resolve: async () => [{ address: name.address, family: 4 }] });
  return { outbound: () => client };
});

test('a name that was public when the channel was made, and is private when it is called, gets no message', async () => {
  const context = await createContext();
  const receiver = await startHookReceiver();
  const url = `http://rebinding.example.org:${new URL(receiver.url).port}/hook`;
  const { channel } = await createChannel(context, { kind: 'webhook', name: 'Rebinding', config: { url } });
  name.address = '127.0.0.1';
  expect(await testChannel(context, channel.id)).toMatchObject({
    status: 'failed',
    answer: null,
    error: expect.stringContaining('may not be called: it is a loopback address'),
  });
  await expect(createChannel(context, { kind: 'webhook', name: 'Rebinding', config: { url } })).rejects.toMatchObject({
    code: 'invalid-channel',
  });
  expect(receiver.hooks).toEqual([]);
  await receiver.close();
});
