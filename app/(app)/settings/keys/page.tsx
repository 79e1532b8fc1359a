import type { Metadata } from 'next';
import { ApiKeys } from '@/components/settings/keys/api-keys';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'API keys' };

export default function KeysPage() {
  return (
    <SettingsSection title="API keys" lead="How programs reach Batchyard, each with the rights that it needs.">
      <ApiKeys />
    </SettingsSection>
  );
}
