export { auth } from './auth';
export { authenticateKey } from './authenticate-key';
export { authenticateSession, type Session } from './authenticate-session';
export { type CreatedApiKey, createApiKey } from './create-api-key';
export { getViewer } from './get-viewer';
export { listApiKeys } from './list-api-keys';
export { type Held, heldAs, listHolding } from './list-holding';
export { isTrustedOrigin } from './origins';
export { revokeApiKey } from './revoke-api-key';
