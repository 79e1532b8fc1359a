import { updateScheduleBody } from '@/lib/contracts/schedule';
import { deleteSchedule } from '@/lib/domain/schedule/delete-schedule';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'schedule.see' }, async ({ context, params }) => ({
    schedule: await getSchedule(context, idOf(params)),
  })),
  PATCH: route(
    {
      permission: 'schedule.update',
      body: updateScheduleBody,
      bodyLimit: DATA_BODY_BYTES,
      bodyValues: LIST_VALUES,
    },
    async ({ context, params, body }) => ({ schedule: await updateSchedule(context, idOf(params), body) }),
  ),
  DELETE: route({ permission: 'schedule.delete' }, async ({ context, params }) => {
    await deleteSchedule(context, idOf(params));
    return { deleted: true };
  }),
});
