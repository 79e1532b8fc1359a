export { deleteFile } from './delete-file';
export { openFile } from './open-file';
export { storeFile } from './store-file';
