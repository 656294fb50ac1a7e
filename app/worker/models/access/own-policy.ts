/**
 * Where models may be fetched from. Workers hold themselves to it (network-guard.ts), since the content security policy of
 * the package cannot name the person's own server; each request for a model's file is compared with it first.
 */
import { type ConnectPolicy, connectPolicy } from '../../../../engine/index.ts';

/** Model hubs, and this machine, as source expressions of a policy. */
export const MODEL_HOSTS = [
  "'self'",
  'https://huggingface.co',
  'https://*.huggingface.co',
  'https://*.hf.co',
  // Mirrors, which a person must permit first (app/browser/permissions/mirrors.ts).
  'https://hf-mirror.com',
  'https://modelscope.cn',
  'https://*.modelscope.cn',
  'http://127.0.0.1:*',
  'http://localhost:*',
] as const;

/** `self`: any address of the package. */
export const ownPolicy = (self: string): ConnectPolicy =>
  connectPolicy(`connect-src ${MODEL_HOSTS.join(' ')}`, self);
