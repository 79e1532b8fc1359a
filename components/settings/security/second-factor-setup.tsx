'use client';

import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { useSwitchOrganization } from '@/lib/client/mutations/people';
import { useSignOut } from '@/lib/client/mutations/system';
import { type SignInMethods, waysWithFactor } from '@/lib/contracts/sign-in-methods';
import { Passkeys } from './passkeys';
import { TwoFactor } from './two-factor';

interface SecondFactorSetupProps {
  methods: SignInMethods;
  /** the other organizations of the person, which may need none */
  others: { id: string; name: string }[];
}

/** Sets a second factor up, before anything else can be done. Who has one must sign in with it. */
export function SecondFactorSetup({ methods, others }: SecondFactorSetupProps) {
  const hasNone = !methods.hasApp && methods.passkeys.length === 0;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">{instructions(methods)}</p>
      {hasNone ? (
        <>
          <TwoFactor methods={methods} />
          <Passkeys methods={methods} />
        </>
      ) : null}
      <Ways others={others} />
    </div>
  );
}

function instructions({ hasPassword, hasApp, passkeys }: SignInMethods): string {
  if (hasApp || passkeys.length > 0) {
    return `You signed in without your second factor. Sign out, and sign in with ${waysWithFactor(hasApp, passkeys.length > 0)}.`;
  }
  if (hasPassword) return 'Set up an authenticator app or add a passkey. You get in as soon as it works.';
  return 'Add a passkey, and you get in. If your company’s sign-in asks for a second factor already, ask whoever runs Batchyard to trust it for that.';
}

/** What else can be done: work in another organization, or leave. */
function Ways({ others }: Pick<SecondFactorSetupProps, 'others'>) {
  const enter = useSwitchOrganization();
  const signOut = useSignOut();
  const error = enter.error ?? signOut.error;
  return (
    <div className="flex flex-col gap-3">
      {error ? <Notice tone="error">{describeError(error)}</Notice> : null}
      <div className="flex flex-wrap gap-2">
        {others.map(({ id, name }) => (
          <Button key={id} busy={enter.isPending && enter.variables === id} onClick={() => enter.mutate(id)}>
            Work in {name}
          </Button>
        ))}
        <Button variant="ghost" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </div>
  );
}
