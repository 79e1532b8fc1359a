import { contentSecurityPolicy } from './csp';

/** What a page says that can't be shown now. Each text is trusted: it is not escaped. */
interface AwayWords {
  title: string;
  happens: string;
  next: string;
}

/** Pages show these texts too, when the database becomes unavailable while they render. */
const DATABASE: AwayWords = {
  title: 'The database can’t be reached',
  happens:
    'Batchyard shows and takes nothing until it answers again. Running work continues, its outcome is stored when the database is back, and nothing that was launched is lost.',
  next: 'This page reloads automatically.',
};

/** The board reads the queue itself; all other pages read the database. */
export const QUEUE: AwayWords = {
  title: 'The queue doesn’t answer in time',
  happens:
    'This board reads the queue directly, and the queue is late or away. Nothing is lost: launches are accepted, and everything that waits continues as soon as it answers.',
  next: 'This page reloads automatically. If it stays, check that Redis (REDIS_URL), or without it the database, runs and is not overloaded. Batches and jobs are <a href="/">in the dashboard</a>, which does not need the queue.',
};

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100dvh;display:grid;place-items:center;
font:15px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}main{max-width:32rem;padding:1rem}
h1{font-size:1.125rem;margin:0 0 .5rem}p{margin:0 0 .5rem}small{opacity:.75}a{color:inherit}`;

/** Requests the same page until the response is no longer a 503. */
const SCRIPT = `setInterval(async()=>{try{const a=await fetch(location.href,{method:'HEAD',cache:'no-store',redirect:'manual'});
if(a.status!==503)location.reload()}catch{/* not even the dashboard answers: asked again */}},2000)`;

/**
 * The page for browsers while the database, or the queue for its board, is unavailable. It needs neither, and it reloads
 * the requested page as soon as it is back.
 * @param why the reason as text; it must not contain an address or a password
 */
export function awayPage(nonce: string, why: string, { title, happens, next } = DATABASE): Response {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Batchyard</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main role="alert"><h1>${title}</h1><p>${happens}</p><p>${next}</p><p><small>${why}</small></p></main>
<script nonce="${nonce}">${SCRIPT}</script></body></html>`;
  return new Response(html, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce, false),
      'cache-control': 'no-store',
      'retry-after': '2',
    },
  });
}
