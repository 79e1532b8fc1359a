import { updateChannelBody } from '@/lib/contracts/channel';
import { deleteChannel } from '@/lib/domain/notification/channel/delete-channel';
import { updateChannel } from '@/lib/domain/notification/channel/update-channel';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'channel.update', body: updateChannelBody }, async ({ context, params, body }) => ({
    channel: await updateChannel(context, idOf(params), body),
  })),
  DELETE: route({ permission: 'channel.delete' }, async ({ context, params }) => ({
    channel: await deleteChannel(context, idOf(params)),
  })),
});
