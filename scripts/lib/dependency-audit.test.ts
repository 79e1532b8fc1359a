import { describe, expect, it } from 'vitest';
import { judgeAudit } from './dependency-audit.mjs';

const report = (severity: string) =>
  JSON.stringify({
    vulnerabilities: {
      leaky: { severity, range: '<1.2.0', via: ['deeper', { title: 'Leaks', url: 'https://example.org/1' }] },
    },
    metadata: { vulnerabilities: { [severity]: 1 } },
  });

describe('the audit of dependencies', () => {
  it.each(['high', 'critical'])('fails for a vulnerability that is %s, and names it', (severity) => {
    const line = `${severity}: leaky <1.2.0 Leaks (https://example.org/1)`;
    expect(judgeAudit(report(severity))).toEqual({ kind: 'vulnerable', lines: [line] });
  });

  it.each(['moderate', 'low'])('bears one that is %s', (severity) => {
    expect(judgeAudit(report(severity))).toEqual({ kind: 'clean' });
  });

  it.each([
    ['a registry without advisories', JSON.stringify({ message: '405 Method Not Allowed', error: {} }), '405'],
    ['no network', JSON.stringify({ error: { summary: 'getaddrinfo ENOTFOUND' } }), 'ENOTFOUND'],
    ['a page of a proxy', '<html>Sign in</html>', '<html>'],
    ['no output', '', 'nothing'],
  ])('is skipped with the reason for %s', (_, text, why) => {
    expect(judgeAudit(text)).toEqual({ kind: 'skipped', why: expect.stringContaining(why) });
  });
});
