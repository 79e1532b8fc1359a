import type { Metadata } from 'next';
import { Retention } from '@/components/settings/retention/retention';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Retention and types' };

export default function RetentionPage() {
  return (
    <SettingsSection title="Retention and types" lead="How long finished work is kept, and what members launch.">
      <Retention />
    </SettingsSection>
  );
}
