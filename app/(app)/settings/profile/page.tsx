import type { Metadata } from 'next';
import { DeleteAccount } from '@/components/settings/accounts/delete-account';
import { Profile } from '@/components/settings/profile';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Profile' };

export default function ProfilePage() {
  return (
    <SettingsSection title="Profile" lead="Who you are to the others of your organization.">
      <Profile />
      <DeleteAccount />
    </SettingsSection>
  );
}
