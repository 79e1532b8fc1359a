import type { Overlap } from '@/lib/contracts/firing';
import type { CatchUp } from '@/lib/contracts/schedule';

export const OVERLAP_WORDS: Readonly<Record<Overlap, string>> = {
  skip: 'A firing is skipped while an earlier run has not finished',
  queue: 'A firing waits until the earlier run has finished',
  replace: 'An earlier run is cancelled, running jobs are aborted',
  allow: 'Runs may overlap',
};

export const CATCH_UP_WORDS: Readonly<Record<CatchUp, string>> = {
  none: 'What was missed while no supervisor ran is only recorded',
  last: 'Of what was missed, the last one runs',
  all: 'All that was missed runs, as the rule above allows',
};
