/** How the person of a session can sign in. */
export interface SignInMethods {
  hasPassword: boolean;
  /** an authenticator app is asked for after the password */
  hasApp: boolean;
  recoveryCodesLeft: number;
  passkeys: PasskeyDto[];
  /** null: passkeys work here; otherwise why they don't */
  passkeysUnavailable: string | null;
}

export interface PasskeyDto {
  id: string;
  name: string;
  createdAt: string | null;
  /** copied to other devices by the maker of the authenticator */
  synced: boolean;
}

/** Returns how somebody signs in with a second factor who has an app, a passkey or both. */
export const waysWithFactor = (hasApp: boolean, hasPasskey: boolean): string =>
  [hasPasskey ? ['your passkey'] : [], hasApp ? ['your password and a code'] : []].flat().join(', or with ');
