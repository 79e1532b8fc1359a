export { searchDocuments } from './search-documents';
export { storeChunks } from './store-chunks';
