import { testChannel } from '@/lib/domain/notification/channel/test-channel';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'channel.test' }, async ({ context, params }) => ({
    delivery: await testChannel(context, idOf(params)),
  })),
});
