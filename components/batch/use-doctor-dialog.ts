'use client';

import { useUrlFilters } from '@/components/ui/use-url-filters';

/** Whether the doctor is open is part of the address, so that a list of stuck batches can lead straight to it. */
export function useDoctorDialog(): { open: boolean; show: () => void; close: () => void } {
  const [params, change] = useUrlFilters();
  return {
    open: params.get('doctor') === 'open',
    show: () => change({ doctor: 'open' }),
    close: () => change({ doctor: '' }),
  };
}
