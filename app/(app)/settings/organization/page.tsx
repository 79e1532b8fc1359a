import type { Metadata } from 'next';
import { Organization } from '@/components/settings/organization/organization';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Organization' };

export default function OrganizationPage() {
  return (
    <SettingsSection title="Organization" lead="A team with its own jobs, members, keys and secrets.">
      <Organization />
    </SettingsSection>
  );
}
