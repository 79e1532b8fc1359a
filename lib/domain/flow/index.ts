export { advanceFlows, advanceForgotten } from './advance-flows';
export { cancelFlow, carryOutFlowCancels } from './cancel-flow';
export { createFlows } from './create-flows';
export { getFlow, getFlowSummary, getFlows } from './get-flow';
export { listFlowNodes } from './list-flow-nodes';
export { listFlows } from './list-flows';
export { type Children, childrenOf } from './read-children';
export { retryFlow } from './retry-flow';
