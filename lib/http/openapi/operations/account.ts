import { z } from 'zod';
import { time } from '@/lib/contracts/fields';
import { changePasswordBody, reauthenticateBody, requestResetBody, resetPasswordBody } from '@/lib/contracts/password';
import { deletedAnswer, deletePersonBody, deletionAnswer } from '@/lib/contracts/person';
import { createExportBody, exportAnswer, exportList } from '@/lib/contracts/privacy';
import { endedSessions, sessionAnswer, sessionList } from '@/lib/contracts/session';
import type { Operation } from './operation';

/** The calls about one's own account. Signing in and out is outside of this document (docs/api.md). */
export const ACCOUNT_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/sessions',
    id: 'listSessions',
    tag: 'Account',
    summary: 'List one’s own sessions; an API key has none',
    answers: { 200: sessionList },
  },
  {
    call: 'DELETE /api/sessions',
    id: 'endOtherSessions',
    tag: 'Account',
    summary: 'End all of one’s sessions but this one',
    answers: { 200: endedSessions },
  },
  {
    call: 'DELETE /api/sessions/{id}',
    id: 'endSession',
    tag: 'Account',
    summary: 'End one of one’s own sessions',
    answers: { 200: sessionAnswer },
  },
  {
    call: 'GET /api/privacy/exports',
    id: 'listExports',
    tag: 'Account',
    summary: 'List the exports that one asked for in this organization',
    answers: { 200: exportList },
  },
  {
    call: 'POST /api/privacy/exports',
    id: 'createExport',
    tag: 'Account',
    summary: 'Export one’s own data or, as its owner, everything of the organization, as a ZIP',
    body: createExportBody,
    example: { of: 'me' },
    answers: { 201: exportAnswer },
    errors: ['reauthentication-required', 'forbidden'],
  },
  {
    call: 'GET /api/account/deletion',
    id: 'previewAccountDeletion',
    tag: 'Account',
    summary: 'Get what the deletion of one’s own account would do, and what forbids it',
    answers: { 200: deletionAnswer },
  },
  {
    call: 'POST /api/account/deletion',
    id: 'deleteAccount',
    tag: 'Account',
    summary: 'Delete one’s own account; what else names the person is deleted or anonymized in the background',
    body: deletePersonBody,
    example: { email: 'ana@example.org' },
    answers: { 201: deletedAnswer },
    errors: ['invalid-data', 'reauthentication-required', 'last-owner', 'last-system-administrator'],
  },
  {
    call: 'POST /api/auth/change-password',
    id: 'changePassword',
    tag: 'Account',
    summary: 'Change one’s password; all other sessions end',
    body: changePasswordBody,
    example: { currentPassword: 'correct-horse-battery', newPassword: 'quiet harbor lantern' },
    answers: { 200: endedSessions },
    errors: ['wrong-password', 'invalid-data', 'too-many-requests'],
  },
  {
    call: 'POST /api/auth/reauthenticate',
    id: 'reauthenticate',
    tag: 'Account',
    summary: 'Give the password again: needed for keys, secrets and roles after 10 minutes',
    body: reauthenticateBody,
    example: { password: 'correct-horse-battery' },
    answers: { 200: z.object({ authenticatedAt: time }) },
    errors: ['wrong-password', 'too-many-requests'],
  },
  {
    call: 'POST /api/auth/request-password-reset',
    id: 'requestPasswordReset',
    tag: 'Account',
    summary: 'Ask for a link that sets a new password, by mail; the answer is the same for unknown addresses',
    public: true,
    body: requestResetBody,
    example: { email: 'ana@example.org' },
    answers: { 200: z.object({ requested: z.literal(true) }) },
    errors: ['forbidden', 'too-many-requests'],
  },
  {
    call: 'POST /api/auth/reset-password',
    id: 'resetPassword',
    tag: 'Account',
    summary: 'Set a new password by the token of a link, once; all sessions end',
    public: true,
    body: resetPasswordBody,
    example: { token: 'from-the-link', newPassword: 'quiet harbor lantern' },
    answers: { 200: z.object({ email: z.string() }) },
    errors: ['link-expired', 'invalid-data', 'too-many-requests'],
  },
];
