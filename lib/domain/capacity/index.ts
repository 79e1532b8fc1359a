export { getCapacity, NODE_LOST_SECONDS } from './get-capacity';
export { capacityReached } from './refusal';
export { listRunning, lockSlots, maxActiveBatches } from './slots';
