import type { ReactNode } from 'react';
import { PageHeader } from '@/components/ui/panel';

interface SettingsSectionProps {
  title: string;
  /** one sentence: what is set here */
  lead: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The content of one section of the settings: its heading, and its panels below each other. */
export function SettingsSection({ title, lead, actions, children }: SettingsSectionProps) {
  return (
    <>
      <PageHeader title={title} meta={lead} actions={actions} />
      {children}
    </>
  );
}
