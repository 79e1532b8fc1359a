import { ago } from '@/catalogue/fixtures';
import type { Story } from '@/catalogue/story';
import { AppSetup } from '@/components/settings/security/app-setup';
import { Passkeys } from '@/components/settings/security/passkeys';
import { RecoveryCodesDialog } from '@/components/settings/security/recovery-codes';
import { SecondFactorSetup } from '@/components/settings/security/second-factor-setup';
import { TwoFactor } from '@/components/settings/security/two-factor';
import { Dialog } from '@/components/ui/dialog';
import { EntryPage } from '@/components/ui/entry-page';
import type { SignInMethods } from '@/lib/contracts/sign-in-methods';

const METHODS: SignInMethods = {
  hasPassword: true,
  hasApp: false,
  recoveryCodesLeft: 0,
  passkeys: [],
  passkeysUnavailable: null,
};

const PASSKEYS = [
  { id: 'p1', name: 'Laptop', createdAt: ago(864_000), synced: false },
  {
    id: 'p2',
    name: 'A name of a password manager that is too long for one line on a phone',
    createdAt: ago(60),
    synced: true,
  },
];

const story = (render: Story['render'], rest: Partial<Story> = {}): Story => ({
  path: '/settings/security',
  render,
  ...rest,
});

export const AppOff = story(() => <TwoFactor methods={METHODS} />);
export const AppOn = story(() => <TwoFactor methods={{ ...METHODS, hasApp: true, recoveryCodesLeft: 9 }} />);
export const FewRecoveryCodes = story(() => <TwoFactor methods={{ ...METHODS, hasApp: true, recoveryCodesLeft: 2 }} />);
export const AppWithoutPassword = story(() => <TwoFactor methods={{ ...METHODS, hasPassword: false }} />);
export const SetupPassword = story(() => (
  <Dialog open>
    <AppSetup onDone={() => undefined} />
  </Dialog>
));
export const RecoveryCodes = story(() => (
  <RecoveryCodesDialog codes={Array.from({ length: 10 }, (_, i) => `Ab${i}cD-eF${i}gH`)} onClose={() => undefined} />
));
export const NoPasskeys = story(() => <Passkeys methods={METHODS} />);
export const PasskeysList = story(() => <Passkeys methods={{ ...METHODS, passkeys: PASSKEYS }} />);
export const PasskeysOnPhone = story(() => <Passkeys methods={{ ...METHODS, passkeys: PASSKEYS }} />, { phone: true });
export const PasskeysUnavailable = story(() => (
  <Passkeys methods={{ ...METHODS, passkeysUnavailable: 'Browsers make passkeys for a host name only.' }} />
));

const needed = (methods: Partial<SignInMethods>, others = [{ id: 'o2', name: 'Research' }]): Story =>
  story(() => (
    <EntryPage title="Example needs a second factor">
      <SecondFactorSetup methods={{ ...METHODS, ...methods }} others={others} />
    </EntryPage>
  ));
export const SecondFactorNeeded = needed({});
export const SecondFactorNotUsed = needed({ passkeys: PASSKEYS }, []);
export const SecondFactorWithoutPassword = needed({ hasPassword: false });
