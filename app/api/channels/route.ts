import { createChannelBody } from '@/lib/contracts/channel';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { listChannels } from '@/lib/domain/notification/channel/list-channels';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'channel.see' }, ({ context }) => listChannels(context)),
  POST: route({ permission: 'channel.create', body: createChannelBody }, async ({ context, body }) =>
    jsonResponse(await createChannel(context, body), { status: 201 }),
  ),
});
