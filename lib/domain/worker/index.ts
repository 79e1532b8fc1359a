export { findDeadConsumers, guardConsumer } from './guard';
export {
  countProcesses,
  findLostConsumers,
  heartbeatNode,
  nameConsumer,
  registerConsumer,
  registerNode,
  retireNode,
} from './nodes';
export { deliverAnew, redeliver } from './redeliver';
export { redeliverUnclaimed } from './redeliver-unclaimed';
export { type Ending, type Released, releaseConsumer, releaseForgotten } from './release-consumer';
export { listAborts, listCancelling, listDispatchable, redeliverLost } from './sweep';
