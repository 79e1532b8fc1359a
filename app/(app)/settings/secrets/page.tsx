import type { Metadata } from 'next';
import { Secrets } from '@/components/settings/secrets';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Secrets' };

export default function SecretsPage() {
  return (
    <SettingsSection
      title="Secrets"
      lead="Tokens for HTTP calls. Rows refer to them by name, so that no row contains one."
    >
      <Secrets />
    </SettingsSection>
  );
}
