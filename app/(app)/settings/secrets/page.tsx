import type { Metadata } from 'next';
import { Secrets } from '@/components/settings/secrets';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Secrets' };

export default function SecretsPage() {
  return (
    <SettingsSection title="Secrets" lead="Tokens that the rows of HTTP calls name, and never contain.">
      <Secrets />
    </SettingsSection>
  );
}
