/** The header with the client's address. The server in front sets it in every request, so no client can choose it. */
export const CLIENT_ADDRESS = 'x-client-address';

/** Returns the address of the client that sent a request; null where the request did not come over the network. */
export const clientAddress = (headers: Headers): string | null => headers.get(CLIENT_ADDRESS);
