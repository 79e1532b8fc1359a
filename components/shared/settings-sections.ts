export interface SettingsSection {
  href: string;
  title: string;
  /** whose settings they are: the heading over the list */
  of: 'You' | 'Organization' | 'Installation';
  /** more search terms for the search box */
  words: string;
}

/** The sections of the settings, in the order of the list. Each has a page with this address. */
export const SETTINGS_SECTIONS: readonly SettingsSection[] = [
  { href: '/settings/profile', title: 'Profile', of: 'You', words: 'name e-mail account me delete my account' },
  {
    href: '/settings/security',
    title: 'Security',
    of: 'You',
    words: 'password sessions sign-in passkeys two-factor authenticator app recovery codes',
  },
  { href: '/settings/appearance', title: 'Appearance', of: 'You', words: 'theme dark light density rows' },
  {
    href: '/settings/organization',
    title: 'Organization',
    of: 'Organization',
    words: 'organizations name switch delete team',
  },
  {
    href: '/settings/members',
    title: 'Members',
    of: 'Organization',
    words: 'people users team invitations invite roles',
  },
  {
    href: '/settings/privacy',
    title: 'Privacy',
    of: 'Organization',
    words: 'redaction personal data hide payloads e-mail card IBAN phone GDPR',
  },
  {
    href: '/settings/notifications',
    title: 'Notifications',
    of: 'Organization',
    words: 'channels rules webhook slack discord teams e-mail deliveries told alert signing secret',
  },
  { href: '/settings/secrets', title: 'Secrets', of: 'Organization', words: 'tokens credentials HTTP calls' },
  {
    href: '/settings/keys',
    title: 'API keys',
    of: 'Organization',
    words: 'tokens bearer programs scopes rotate revoke expiry',
  },
  {
    href: '/settings/limits',
    title: 'Limits',
    of: 'Organization',
    words: 'usage quota used allowed capacity slots weight reserve storage requests streams',
  },
  {
    href: '/settings/retention',
    title: 'Retention and types',
    of: 'Organization',
    words: 'days delete keep expire job types allowed files',
  },
  {
    href: '/settings/job-types',
    title: 'Job types',
    of: 'Organization',
    words: 'own jobs folder workers versions broken offered machines',
  },
  {
    href: '/settings/workers',
    title: 'Workers',
    of: 'Organization',
    words: 'machines nodes processes memory processor drain consumers versions',
  },
  { href: '/settings/audit', title: 'Audit log', of: 'Organization', words: 'activity history who did what' },
  {
    href: '/settings/accounts',
    title: 'Accounts',
    of: 'Installation',
    words: 'people users all organizations delete account',
  },
];

/** Returns the section of a path. */
export const sectionOf = (path: string): SettingsSection | undefined =>
  SETTINGS_SECTIONS.find(({ href }) => path === href || path.startsWith(`${href}/`));
