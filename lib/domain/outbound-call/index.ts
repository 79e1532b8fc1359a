export { enterHost, forgetCalls, leaveHost } from './enter-host';
export { NEAR_MS, takeTurn } from './take-turn';
