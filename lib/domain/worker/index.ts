export {
  countProcesses,
  findLostConsumers,
  heartbeatNode,
  registerConsumer,
  registerNode,
  retireNode,
} from './nodes';
export { type Ending, releaseConsumer, type Released } from './release-consumer';
export { listAborts, listCancelling, listDispatchable, redeliverLost } from './sweep';
