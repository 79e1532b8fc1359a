import type { Metadata } from 'next';
import { JobTypes } from '@/components/settings/job-types/job-types';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Job types' };

export default function JobTypesPage() {
  return (
    <SettingsSection
      title="Job types"
      lead="What can be launched, and which machines have the code for it. Own types are files in the folder of jobs."
    >
      <JobTypes />
    </SettingsSection>
  );
}
