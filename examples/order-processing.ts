import { runFlow } from './support/run-flow';
import { type Example, expectEqual } from './support/stage';

/** Document B: steps side by side; the one that may fail does, without harm. */
export const run: Example = async (stage) => {
  const nodes = await runFlow(stage, 'order');
  expectEqual('the voucher', nodes.get('send-voucher')?.job.status, 'failed');
  expectEqual('the order', nodes.get('complete-order')?.job.status, 'completed');
};
