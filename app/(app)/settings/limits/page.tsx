import type { Metadata } from 'next';
import { LimitsPanel } from '@/components/settings/limits/limits';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Limits' };

export default function LimitsPage() {
  return (
    <SettingsSection title="Limits" lead="What this organization uses, beside what it may use.">
      <LimitsPanel />
    </SettingsSection>
  );
}
