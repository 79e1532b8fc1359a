import { isApiError, OfflineError } from '@/lib/client/api';
import { signIn as postSignIn } from '@/lib/client/mutations/system';

/** Signs in with e-mail and password, which sets the session cookie. Resolves to null, or to an error for the user. */
export async function signIn(email: string, password: string): Promise<string | null> {
  try {
    await postSignIn({ email, password });
    return null;
  } catch (error) {
    if (error instanceof OfflineError) return error.message;
    if (!isApiError(error)) throw error;
    if (error.status === 400 || error.status === 401) return 'The e-mail address or the password is wrong.';
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
}
