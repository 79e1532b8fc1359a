export {
  countProcesses,
  findLostConsumers,
  heartbeatNode,
  registerConsumer,
  registerNode,
  retireNode,
} from './nodes';
export { type Ending, type Released, releaseConsumer, releaseForgotten } from './release-consumer';
export { listAborts, listCancelling, listDispatchable, redeliverLost } from './sweep';
