import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { passwordFault, requireGoodPassword } from './password-policy';

const ANA = { email: 'ana.ruiz@example.org', name: 'Ana Ruiz' };

describe('a new password', () => {
  it.each([
    'quiet harbor lantern',
    'correct-horse-battery',
    'a-long-password-1',
    'my new password, 1',
    'Zürich hat 3 Brücken',
    'ana likes bicycles a lot',
    'g7#kQ2!vLp9s',
  ])('%s is accepted', (password) => {
    expect(passwordFault(password, ANA)).toBeNull();
  });

  it.each([
    ['short-one', /at least 12/],
    ['1qaz2wsx3edc', /became known/],
    ['SonyEricsson', /became known/],
    ['１ＱＡＺ２ｗｓｘ３edc', /became known/],
    ['aaaaaaaaaaaaaab', /different/],
    ['ab1cdab1cdab1cd', /repeats/],
    ['bcdefghijklmnopq', /alphabet/],
    ['lkjhgfdsapoiuytr', /keyboard/],
    ['Password-2026!', /others would guess/],
    ['batchyard-2026', /others would guess/],
    ['AnaRuiz.example', /others would guess/],
    ['Ruiz-ruiz-19990', /others would guess/],
  ])('%s is refused', (password, reason) => {
    expect(passwordFault(password, ANA)).toMatch(reason);
  });

  it('that is refused names the field', () => {
    expect(() => requireGoodPassword('SonyEricsson', ANA)).toThrow(
      expect.objectContaining({ code: 'invalid-data', errors: [expect.objectContaining({ path: 'newPassword' })] }),
    );
  });
});

it('the list of known passwords stays small enough to ship', () => {
  expect(statSync('lib/domain/auth/breached-passwords.bin').size).toBeLessThan(200_000);
});
