import { runFlow } from './support/run-flow';
import type { Example } from './support/stage';

/** Document B: nested; compile and test, then build, then deploy. */
export const run: Example = async (stage) => {
  await runFlow(stage, 'deploy');
};
