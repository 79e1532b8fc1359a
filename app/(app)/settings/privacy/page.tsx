import type { Metadata } from 'next';
import { Exports } from '@/components/settings/exports';
import { Redaction } from '@/components/settings/redaction';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Privacy' };

export default function PrivacyPage() {
  return (
    <SettingsSection
      title="Privacy"
      lead="What people see of the data that jobs process, and copies of what is stored."
    >
      <Redaction />
      <Exports />
    </SettingsSection>
  );
}
