import type { Metadata } from 'next';
import { Notifications } from '@/components/settings/notifications/notifications';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Notifications' };

export default function NotificationsPage() {
  return (
    <SettingsSection title="Notifications" lead="Who is told what happened, and what was sent.">
      <Notifications />
    </SettingsSection>
  );
}
