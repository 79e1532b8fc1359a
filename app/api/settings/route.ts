import { setSettingsBody } from '@/lib/contracts/organization-settings';
import { getSettings, setSettings } from '@/lib/domain/organization/settings';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'settings.see' }, ({ context }) => getSettings(context)),
  PATCH: route({ permission: 'settings.update', body: setSettingsBody }, ({ context, body }) =>
    setSettings(context, body),
  ),
});
