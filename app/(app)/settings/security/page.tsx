import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { Passkeys } from '@/components/settings/security/passkeys';
import { TwoFactor } from '@/components/settings/security/two-factor';
import { SettingsSection } from '@/components/settings/settings-section';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { getSignInMethods } from '@/lib/domain/auth/get-sign-in-methods';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage() {
  const session = await authenticateSession(await headers());
  // The layout sends everybody else to the sign-in page.
  if (!session) return null;
  const methods = await getSignInMethods(session.context);
  return (
    <SettingsSection title="Security" lead="How you sign in.">
      <TwoFactor methods={methods} />
      <Passkeys methods={methods} />
    </SettingsSection>
  );
}
