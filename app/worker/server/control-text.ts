/**
 * Breaks what spells a control token. On this device contents of messages give no control tokens, whatever they spell; a
 * server's tokenizer may take them for its own, so that a page could end its turn. Pure.
 */

/**
 * Forms of the control tokens of published models: `<|im_end|>`, `<｜User｜>`, `<start_of_turn>`, `<end_of_turn>`, `<s>`,
 * `</s>`, `<bos>`, `[INST]`, `<<SYS>>`, `[gMASK]`, `<sop>`, `◁think▷`, `<think>`.
 */
const CONTROL =
  /<(?=[|｜][^<>|｜\n]{1,60}[|｜]>)|<(?=\/?(?:start_of_turn|end_of_turn|start_of_role|end_of_role|bos|eos|pad|unk|sop|eop|think|thinking|s)>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|gMASK|sMASK)\])|<(?=<\/?SYS>>)|◁(?=\/?think▷)/g;

/** The text with a space within each control token. */
export const withoutControl = (text: string): string => text.replace(CONTROL, '$& ');
