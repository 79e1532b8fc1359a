import type { ReactNode } from 'react';
import { SettingsNav } from '@/components/settings/settings-nav';
import { Page } from '@/components/ui/panel';

/** Every section of the settings: the list of sections on the left, the section beside it. */
export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <Page className="lg:flex-row lg:gap-8">
      <SettingsNav />
      <div className="flex min-w-0 max-w-240 flex-1 flex-col gap-4">{children}</div>
    </Page>
  );
}
