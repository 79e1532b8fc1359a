/** Options of every BullMQ worker of ours: rows decide and are the history, so the queue does neither. */
export const ROW_DECIDES = {
  // How often a job may die is for its row to say: the queue never gives up on a delivery by itself.
  maxStalledCount: 1_000_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
};
