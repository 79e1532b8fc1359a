import {
  apiKeyAnswer,
  apiKeyList,
  createApiKeyBody,
  createdApiKey,
  renameApiKeyBody,
  rotateApiKeyBody,
} from '@/lib/contracts/api-key';
import { redactionAnswer, redactionDto } from '@/lib/contracts/redaction';
import { createSecretBody, secretAnswer, secretList } from '@/lib/contracts/secret';
import { viewerDto } from '@/lib/contracts/system';
import type { Operation } from './operation';

/** The calls about API keys, secrets and the sender of a request. */
export const ACCESS_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/viewer',
    id: 'getViewer',
    tag: 'Access',
    summary: 'Get who sends the request',
    answers: { 200: viewerDto },
  },
  {
    call: 'GET /api/api-keys',
    id: 'listApiKeys',
    tag: 'Access',
    summary: 'List API keys',
    answers: { 200: apiKeyList },
    errors: ['forbidden'],
  },
  {
    call: 'POST /api/api-keys',
    id: 'createApiKey',
    tag: 'Access',
    summary: 'Create an API key with a role or with scopes; it is shown once',
    body: createApiKeyBody,
    example: { name: 'nightly import', role: 'operator' },
    answers: { 201: createdApiKey },
  },
  {
    call: 'PATCH /api/api-keys/{id}',
    id: 'renameApiKey',
    tag: 'Access',
    summary: 'Rename an API key',
    body: renameApiKeyBody,
    example: { name: 'nightly import' },
    answers: { 200: apiKeyAnswer },
  },
  {
    call: 'POST /api/api-keys/{id}/rotate',
    id: 'rotateApiKey',
    tag: 'Access',
    summary: 'Give an API key a new value, which is shown once; the old one may work for a while',
    body: rotateApiKeyBody,
    example: { overlapSeconds: 3600 },
    answers: { 200: createdApiKey },
    errors: ['reauthentication-required'],
  },
  {
    call: 'DELETE /api/api-keys/{id}',
    id: 'revokeApiKey',
    tag: 'Access',
    summary: 'Revoke an API key',
    answers: { 200: apiKeyAnswer },
    errors: ['reauthentication-required'],
  },
  {
    call: 'GET /api/secrets',
    id: 'listSecrets',
    tag: 'Access',
    summary: 'List the names of secrets; their values are never returned',
    answers: { 200: secretList },
  },
  {
    call: 'POST /api/secrets',
    id: 'createSecret',
    tag: 'Access',
    summary: 'Store a secret that rows can name as {{secret:NAME}}',
    body: createSecretBody,
    example: { name: 'SHOP_TOKEN', value: 'a-long-secret', hosts: ['https://api.example.org'] },
    answers: { 201: secretAnswer },
    errors: ['name-in-use', 'reauthentication-required'],
  },
  {
    call: 'DELETE /api/secrets/{id}',
    id: 'deleteSecret',
    tag: 'Access',
    summary: 'Delete a secret',
    answers: { 200: secretAnswer },
    errors: ['reauthentication-required'],
  },
  {
    call: 'GET /api/redaction',
    id: 'getRedaction',
    tag: 'Access',
    summary: 'Get what is hidden in inputs, results and messages',
    answers: { 200: redactionAnswer },
    errors: ['forbidden'],
  },
  {
    call: 'PUT /api/redaction',
    id: 'setRedaction',
    tag: 'Access',
    summary: 'Set what is hidden in inputs, results and messages from all but administrators',
    body: redactionDto,
    example: { paths: ['data.customer.email', 'data.items.*.phone'], patterns: ['email', 'card'] },
    answers: { 200: redactionAnswer },
  },
];
