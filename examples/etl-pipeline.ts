import { runFlow } from './support/run-flow';
import { type Example, expectEqual } from './support/stage';

/** Document B: two extracts, a transform that adds up what they gave, a load. */
export const run: Example = async (stage) => {
  const nodes = await runFlow(stage, 'etl');
  const transformed = nodes.get('transform')?.job.result as { sum: number; count: number };
  expectEqual('the rows that were transformed', [transformed.count, transformed.sum], [2, 2_000]);
  stage.say(`The transform received ${transformed.sum} rows from ${transformed.count} extracts.`);
};
