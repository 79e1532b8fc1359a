import { isApiError, OfflineError } from '@/lib/client/api';

/** Returns why a sign-in failed, for the user. `wrong` is the reason if what was given is not right. */
export function describeFailure(error: unknown, wrong: string): string {
  if (error instanceof OfflineError) return error.message;
  // The browser's own dialog was closed, or it has no passkey of this site.
  if (error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')) {
    return 'No passkey was used: it was cancelled, or took too long.';
  }
  if (!isApiError(error)) throw error;
  if (error.status === 400 || error.status === 401) return wrong;
  if (error.status === 429) {
    const wait = error.retryAfter
      ? ` Try again in ${Math.ceil(error.retryAfter)} s.`
      : ' Wait a minute, then try again.';
    return `Too many attempts.${wait}`;
  }
  if (error.status === 403) {
    return 'This address is not the one Batchyard was set up for. Open the configured address, or set PUBLIC_URL to this one.';
  }
  return `Batchyard could not check the sign-in (${error.status}). Try again. If it fails again, read its log.`;
}

/** Why a provider's sign-in ended here again. The codes come from the address, so only known ones are shown. */
const FROM_PROVIDER: Readonly<Record<string, string>> = {
  email_not_verified: 'The provider has not verified your e-mail address, so it can’t sign you in here.',
  not_admitted: 'This provider does not admit people with your e-mail address to any organization here.',
  not_in_group: 'None of your groups is admitted here. Ask whoever manages them at the provider.',
  account_not_linked:
    'There is an account with your e-mail address, and the address was never verified here. Sign in with its password.',
  access_denied: 'The provider did not sign you in, or you cancelled it there.',
  state_mismatch: 'The sign-in was begun in another browser or took too long. Try again.',
};

/** Returns the text for an `error` in the address of the sign-in page. */
export const describeProviderError = (code: string): string =>
  FROM_PROVIDER[code] ?? 'The provider could not sign you in. Try again. If it fails again, read Batchyard’s log.';
