/**
 * A dialogue to the text that a model was trained to read, by the checkpoint's own Jinja template, which is
 * data: it is interpreted (@huggingface/jinja) and sees nothing but the messages, the special tokens' spelling
 * and `add_generation_prompt`.
 *
 * Where a template refuses a system message (Gemma and Mistral have none), the system text goes in front
 * of the first user message. Where there is no template, the contents are joined by blank lines: a base
 * model just goes on writing.
 */
import { Template } from '@huggingface/jinja';
import { fail } from '../base/errors.ts';

export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

export interface ChatTemplate {
  /** False: the plain fallback. */
  readonly own: boolean;
  render(messages: readonly TemplateMessage[]): string;
}

export interface TemplateFiles {
  /** chat_template.jinja, which goes before the config's. */
  readonly jinja?: string | undefined;
  /** Parsed tokenizer_config.json. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
}

export function chatTemplate(files: TemplateFiles): ChatTemplate {
  const source = templateSource(files);
  if (source === undefined) {
    return { own: false, render: (messages) => messages.map((m) => m.content).join('\n\n') };
  }
  let compiled: Template | undefined;
  const tokens = { bos_token: files.bosToken ?? '', eos_token: files.eosToken ?? '' };
  const render = (messages: readonly TemplateMessage[]): string => {
    compiled ??= new Template(source);
    return compiled.render({
      ...tokens,
      messages: messages.map((m) => ({ ...m })),
      add_generation_prompt: true,
    });
  };
  return {
    own: true,
    render(messages) {
      try {
        return render(messages);
      } catch (cause) {
        const merged = withoutSystem(messages);
        try {
          if (merged !== undefined && compiled !== undefined) return render(merged);
        } catch {
          // The first refusal says more than the second.
        }
        return fail('template-failed', {
          who: 'chat template',
          message: 'the template of this model cannot render the dialogue',
          expected: 'a dialogue that the template accepts',
          got: cause instanceof Error ? cause.message : String(cause),
          where: messages.map((m) => m.role).join(', '),
          cause,
        });
      }
    },
  };
}

/** `chat_template` of the config is the template, or a list of named ones of which `default` counts. */
function templateSource({ jinja, config }: TemplateFiles): string | undefined {
  if (jinja !== undefined) return jinja;
  const template = config?.chat_template;
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as { readonly name?: unknown; readonly template?: unknown }[];
  const chosen = named.find((t) => t?.name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : undefined;
}

function withoutSystem(messages: readonly TemplateMessage[]): TemplateMessage[] | undefined {
  const [system, first, ...rest] = messages;
  if (system?.role !== 'system' || first?.role !== 'user') return undefined;
  return [{ role: 'user', content: `${system.content}\n\n${first.content}` }, ...rest];
}
