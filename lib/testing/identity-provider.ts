import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A person at the provider; `sub` is the key under which `people` has them. */
export interface ProviderPerson {
  email: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
}

export interface IdentityProvider {
  issuer: string;
  /** may be changed while it runs */
  people: Record<string, ProviderPerson>;
  client: { clientId: string; clientSecret: string };
  close(): Promise<void>;
}

interface Options {
  /** where the dashboard is reached */
  dashboard: string;
  /** the id of the provider in OIDC_PROVIDERS */
  id: string;
  people: Record<string, ProviderPerson>;
}

/** Starts an OpenID Connect provider on a free loopback port. Its sign-in page has a button for each person. */
export async function startIdentityProvider({ dashboard, id, people }: Options): Promise<IdentityProvider> {
  const client = { clientId: 'batchyard', clientSecret: 'a-secret-of-the-provider' };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${dashboard}/api/auth/callback/${id}`],
        // Otherwise the provider requires TLS of all but native applications.
        application_type: 'native',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a-key-of-the-provider'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/choose/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  const callback = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    if (!pathname.startsWith('/choose/')) return callback(request, response);
    const chosen = searchParams.get('person');
    if (chosen === null) {
      const buttons = Object.keys(people).map((sub) => `<a href="${pathname}?person=${sub}">${sub}</a>`);
      response.setHeader('content-type', 'text/html').end(`<h1>Who are you?</h1>${buttons.join(' ')}`);
      return;
    }
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: chosen, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    const result = { login: { accountId: chosen }, consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return {
    issuer,
    people,
    client,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
