import type { Metadata } from 'next';
import { SettingsSection } from '@/components/settings/settings-section';
import { Workers } from '@/components/settings/workers/workers';

export const metadata: Metadata = { title: 'Workers' };

export default function WorkersPage() {
  return (
    <SettingsSection
      title="Workers"
      lead="The machines that run jobs, and what each of their processes is doing now. A drained machine can be stopped without interrupting a job."
    >
      <Workers />
    </SettingsSection>
  );
}
