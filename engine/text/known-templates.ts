/**
 * Chat formats of model families, for checkpoints whose own template is missing or cannot run. The token that ends an
 * answer identifies the format that a model was trained on. Base models use other end tokens and get no format.
 * Each format is a minimal Jinja template. Sources: the vendors' model cards.
 */
const GENERATE = 'add_generation_prompt';

const CHATML =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}" +
  `{% if ${GENERATE} %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

/** Qwen3 and SmolLM3: with thinking disabled, the prompt ends with an empty thought. */
const CHATML_THINKING =
  CHATML +
  `{% if ${GENERATE} and enable_thinking is defined and enable_thinking is false %}` +
  "{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}";
const THINKING: readonly unknown[] = ['qwen3', 'smollm3'];

const LLAMA3 =
  "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + " +
  "m.content | trim + '<|eot_id|>' }}{% endfor %}" +
  `{% if ${GENERATE} %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`;

const GEMMA =
  "{% if messages[0].role == 'system' %}{{ raise_exception('there is no system role') }}{% endif %}{{ bos_token }}" +
  "{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + " +
  "m.content | trim + '<end_of_turn>\\n' }}{% endfor %}" +
  `{% if ${GENERATE} %}{{ '<start_of_turn>model\\n' }}{% endif %}`;

const PHI3 =
  "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + '<|end|>\\n' }}{% endfor %}" +
  `{% if ${GENERATE} %}{{ '<|assistant|>\\n' }}{% endif %}`;

const GLM4 =
  "[gMASK]<sop>{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content }}{% endfor %}" +
  `{% if ${GENERATE} %}{{ '<|assistant|>\\n' }}{% endif %}`;

/** The tokenizer adds [gMASK] and sop in front. */
const CHATGLM3 =
  "{% for m in messages %}{{ '<|' + m.role + '|>\\n ' + m.content }}{% endfor %}" +
  `{% if ${GENERATE} %}<|assistant|>{% endif %}`;

/** Rounds of question and answer, counted from 1. */
const CHATGLM2 =
  "{% if messages[0].role == 'system' %}{{ raise_exception('there is no system role') }}{% endif %}" +
  "{% for m in messages %}{% if m.role == 'user' %}" +
  "{{ '[Round ' + ((loop.index0 // 2 + 1) | string) + ']\\n\\n问：' + m.content + '\\n\\n答：' }}" +
  "{% else %}{{ m.content + '\\n\\n' }}{% endif %}{% endfor %}";

export interface KnownTemplate {
  /** As its makers call it; shown to people. */
  readonly name: string;
  readonly jinja: string;
  /** Whether the tokenizer must add its special tokens, because the template writes none. */
  readonly special: boolean;
}

const BY_END: Readonly<Record<string, readonly [name: string, jinja: string]>> = {
  '<|im_end|>': ['ChatML', CHATML],
  '<|eot_id|>': ['Llama 3', LLAMA3],
  '<end_of_turn>': ['Gemma', GEMMA],
  '<|end|>': ['Phi-3', PHI3],
  '<|observation|>': ['GLM-4', GLM4],
};

export interface ModelFormat {
  /** Spellings of the tokens that end an answer. */
  readonly ends: readonly string[];
  /** config.json: `model_type`, `_name_or_path`. */
  readonly modelType?: unknown;
  readonly origin?: unknown;
}

/** Returns the chat format of a model. Undefined if none is known. */
export function knownTemplate({ ends, modelType, origin }: ModelFormat): KnownTemplate | undefined {
  const [end] = ends.filter((token) => Object.hasOwn(BY_END, token));
  const [name, jinja] = (end !== undefined && BY_END[end]) || [];
  if (name !== undefined && jinja !== undefined) {
    const thinks = jinja === CHATML && THINKING.includes(modelType);
    return { name, jinja: thinks ? CHATML_THINKING : jinja, special: false };
  }
  if (modelType !== 'chatglm') return undefined;
  return /chatglm3/i.test(String(origin))
    ? { name: 'ChatGLM3', jinja: CHATGLM3, special: true }
    : { name: 'ChatGLM2', jinja: CHATGLM2, special: true };
}
