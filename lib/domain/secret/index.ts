export { createSecret } from './create-secret';
export { deleteSecret } from './delete-secret';
export { listSecrets } from './list-secrets';
export { mayGoTo, type OpenSecret, openSecrets } from './open-secrets';
