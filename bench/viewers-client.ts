import { get } from 'node:http';

/**
 * Runs viewers of one batch in a separate process, fifty per API key. Reports over IPC when all are connected, and at
 * the end the progress events: `[completed, milliseconds since 1970]` of every event of every viewer.
 */
const [url, apiKeys, batchId, count] = process.argv.slice(2) as [string, string, string, string];
const keys = apiKeys.split(',');
const seen: [number, number][] = [];
let connected = 0;
let done = 0;

function view(apiKey: string): void {
  const address = `${url}/api/events?batchId=${batchId}`;
  get(address, { headers: { authorization: `Bearer ${apiKey}` }, agent: false }, (response) => {
    if (response.statusCode !== 200) throw new Error(`a stream answered ${response.statusCode}`);
    let text = '';
    let greeted = false;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const at = Date.now();
      text += chunk;
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        if (!greeted && frame.includes('event: snapshot')) {
          greeted = true;
          connected += 1;
          if (connected === Number(count)) process.send?.({ type: 'connected' });
        }
        const completed = /event: processing:progress[\s\S]*"completed":(\d+)/.exec(frame)?.[1];
        if (completed) seen.push([Number(completed), at]);
        if (frame.includes('event: done')) {
          done += 1;
          if (done === Number(count)) process.send?.({ type: 'seen', seen }, () => process.exit(0));
        }
      }
    });
  });
}

for (let i = 0; i < Number(count); i += 1) setTimeout(view, i * 4, keys[i % keys.length]);
