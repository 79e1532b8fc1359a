export {
  countProcesses,
  findLostConsumers,
  heartbeatNode,
  nameConsumer,
  registerConsumer,
  registerNode,
  retireNode,
} from './nodes';
export { type Ending, type Released, releaseConsumer, releaseForgotten } from './release-consumer';
export { listAborts, listCancelling, listDispatchable, redeliver, redeliverLost } from './sweep';
