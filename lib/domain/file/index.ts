export { deleteFile } from './delete-file';
export { getFile } from './find-file';
export { listArtifacts } from './list-artifacts';
export { openFile } from './open-file';
export { saveArtifact } from './save-artifact';
export { storeFile } from './store-file';
export { sweepFiles } from './sweep-files';
export { FileFields, useFiles, useFilesOf } from './use-files';
