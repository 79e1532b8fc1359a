import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { ChangePassword } from '@/components/settings/security/change-password';
import { Passkeys } from '@/components/settings/security/passkeys';
import { Sessions } from '@/components/settings/security/sessions';
import { TwoFactor } from '@/components/settings/security/two-factor';
import { SettingsSection } from '@/components/settings/settings-section';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { getSignInMethods } from '@/lib/domain/auth/get-sign-in-methods';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage() {
  const session = await authenticateSession(await headers());
  // The layout sends everybody else to another page.
  if (!session || session.lacksSecondFactor) return null;
  const methods = await getSignInMethods(session.context);
  return (
    <SettingsSection title="Security" lead="How you sign in, and where you are signed in.">
      {methods.hasPassword ? <ChangePassword /> : null}
      <TwoFactor methods={methods} />
      <Passkeys methods={methods} />
      <Sessions />
    </SettingsSection>
  );
}
