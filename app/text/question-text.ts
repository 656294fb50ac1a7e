/** A question as a person reads it: with the selection and the language that its places stand for. Pure. */
import type { ChatRequest, TranslationRequest } from '../protocol/types.ts';
import { fillTemplate } from './fill-template.ts';

export function questionText(request: ChatRequest | TranslationRequest): string {
  if (request.kind !== 'chat' || request.fills === undefined) return request.text;
  return fillTemplate(request.text, { ...request.fills });
}
