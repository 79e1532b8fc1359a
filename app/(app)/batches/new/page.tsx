import type { Metadata } from 'next';
import { LaunchPage } from '@/components/launch/launch-page';
import { LaunchOnly } from '@/components/shared/launch-only';
import { OPTION_FIELDS } from '@/components/shared/option-fields';
import { Page } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'New batch' };

export default function NewBatchPage() {
  return (
    <Page>
      <LaunchOnly what="batch">
        <LaunchPage optionFields={OPTION_FIELDS} />
      </LaunchOnly>
    </Page>
  );
}
