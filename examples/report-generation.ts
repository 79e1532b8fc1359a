import { runFlow } from './support/run-flow';
import type { Example } from './support/stage';

/** Document B: two queries, a PDF from both, then an e-mail. */
export const run: Example = async (stage) => {
  await runFlow(stage, 'report');
};
