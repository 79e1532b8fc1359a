export { getCapacity, NODE_LOST_SECONDS } from './get-capacity';
export { capacityReached } from './refusal';
export { HELD, HOLDS_SLOT, listRunning, lockSlots, maxActiveBatches } from './slots';
