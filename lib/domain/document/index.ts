export { noteDuplicate } from './duplicates';
export { fingerprintOf } from './fingerprint';
export { searchDocuments } from './search-documents';
export { storeChunks } from './store-chunks';
