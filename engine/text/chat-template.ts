/**
 * A dialogue to the text that a model was trained to read, by the checkpoint's own Jinja template, which is
 * data: it is interpreted (@huggingface/jinja) and sees nothing but the messages, the special tokens' spelling,
 * `add_generation_prompt`, and `enable_thinking` where the caller says it.
 *
 * Where a template refuses a system message (Gemma and Mistral have none), the system text goes in front
 * of the first user message. Where there is no template, or it asks for what the interpreter does not have, the
 * family's known format stands for it (`known-templates.ts`); else the contents are joined by blank lines: a
 * base model just goes on writing.
 */
import { Template } from '@huggingface/jinja';
import { fail, LinnetError } from '../base/errors.ts';
import type { KnownTemplate } from './known-templates.ts';

export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

export interface Rendered {
  readonly text: string;
  /** Whether the tokenizer's special tokens go around it: the template wrote none. */
  readonly special: boolean;
}

export interface ChatTemplate {
  /** False: the contents are only joined. */
  readonly own: boolean;
  /** Throws `template-failed` for a dialogue that the template refuses. */
  render(messages: readonly TemplateMessage[]): Rendered;
}

export interface TemplateFiles {
  /** chat_template.jinja, which goes before the config's. */
  readonly jinja?: string | undefined;
  /** Parsed tokenizer_config.json. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  /** What stands in for a template that is missing or cannot run. */
  readonly known?: KnownTemplate | undefined;
  /**
   * Whether the model is to think before it answers, for templates that ask (`enable_thinking`, since Qwen3). Where
   * absent each does as it likes, and most then have the model think.
   */
  readonly thinking?: boolean | undefined;
}

type Render = (messages: readonly TemplateMessage[]) => string;

export function chatTemplate(files: TemplateFiles): ChatTemplate {
  const source = templateSource(files);
  const own = source === undefined ? undefined : renderer(source, files);
  const known = files.known === undefined ? undefined : renderer(files.known.jinja, files);
  const instead = (messages: readonly TemplateMessage[]): Rendered =>
    known === undefined
      ? { text: messages.map((m) => m.content).join('\n\n'), special: true }
      : { text: known(messages), special: files.known?.special === true };
  return {
    own: own !== undefined || known !== undefined,
    render(messages) {
      if (own === undefined) return instead(messages);
      try {
        return { text: own(messages), special: false };
      } catch (error) {
        if (error instanceof LinnetError) throw error;
        return instead(messages);
      }
    },
  };
}

/** What a template says by `raise_exception`, as against what the interpreter says of a template. */
class Refusal extends Error {}

/** Throws `template-failed` where the template refuses, and whatever the interpreter throws where it cannot run. */
function renderer(source: string, { bosToken = '', eosToken = '', thinking }: TemplateFiles): Render {
  let compiled: Template | undefined;
  const render: Render = (messages) => {
    // The interpreter's own raise_exception cannot be told from its errors, nor replaced, so it gets another name.
    compiled ??= new Template(source.replaceAll('raise_exception', 'linnet_refuses'));
    return compiled.render({
      bos_token: bosToken,
      eos_token: eosToken,
      messages: messages.map((m) => ({ ...m })),
      add_generation_prompt: true,
      ...(thinking === undefined ? {} : { enable_thinking: thinking }),
      linnet_refuses: (why: unknown) => {
        throw new Refusal(String(why));
      },
    });
  };
  return (messages) => {
    try {
      return render(messages);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      const merged = withoutSystem(messages);
      try {
        if (merged !== undefined) return render(merged);
      } catch {
        // The first refusal says more than the second.
      }
      return fail('template-failed', {
        who: 'chat template',
        message: 'the template of this model cannot render the dialogue',
        expected: 'a dialogue that the template accepts',
        got: cause.message,
        where: messages.map((m) => m.role).join(', '),
        cause,
      });
    }
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
