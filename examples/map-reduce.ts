import { runFlow } from './support/run-flow';
import { type Example, expectEqual } from './support/stage';

/** Document B: chunks side by side, reduced to one number by their parent. */
export const run: Example = async (stage) => {
  const nodes = await runFlow(stage, 'map-reduce');
  const reduced = nodes.get('reduce-results')?.job.result as { sum: number; count: number };
  expectEqual('the sum over the chunks', [reduced.count, reduced.sum], [60, 6_000]);
  stage.say(`${reduced.count} chunks reduced to ${reduced.sum}.`);
};
