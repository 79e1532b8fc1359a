import type { Metadata } from 'next';
import { Accounts } from '@/components/settings/accounts/accounts';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Accounts' };

export default function AccountsPage() {
  return (
    <SettingsSection title="Accounts" lead="The people of all organizations, and of none.">
      <Accounts />
    </SettingsSection>
  );
}
