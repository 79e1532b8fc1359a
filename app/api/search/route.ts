import { searchQuery } from '@/lib/contracts/search';
import { searchDocuments } from '@/lib/domain/document/search-documents';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'document.search', query: searchQuery }, async ({ context, query }) => ({
    hits: await searchDocuments(context, query),
  })),
});
