export { createSecret } from './create-secret';
export { deleteSecret } from './delete-secret';
export { listSecrets } from './list-secrets';
export { mayBeTakenTo, mayGoTo, type OpenSecret, openSecrets } from './open-secrets';
