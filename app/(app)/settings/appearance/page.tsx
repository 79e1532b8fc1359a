import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { Appearance } from '@/components/settings/appearance';
import { SettingsSection } from '@/components/settings/settings-section';
import { asTheme, THEME_COOKIE } from '@/components/ui/theme';

export const metadata: Metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  const jar = await cookies();
  return (
    <SettingsSection title="Appearance" lead="How Batchyard looks in this browser.">
      <Appearance theme={asTheme(jar.get(THEME_COOKIE)?.value)} />
    </SettingsSection>
  );
}
