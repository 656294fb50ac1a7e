/** What a developer can do about an error, by its code; printed below the error. */
import type { EngineErrorCode } from '../engine/index.ts';

export const NEXT_STEPS: Readonly<Record<EngineErrorCode, string>> = {
  'gpu-unavailable': 'Use a machine with a Vulkan driver, or name a software adapter with --adapter.',
  'gpu-limit': 'Choose a smaller model or a smaller --capacity.',
  'gpu-lost': 'Try again. If it happens often, choose a smaller model.',
  'gpu-program': 'Report this with the output of `linnet inspect`; it is a fault of the engine.',
  'source-missing': 'Check that the folder or address has this file.',
  'source-unknown':
    'Name a folder with config.json and safetensors, or one GGUF file. Unpack archives first; other formats (.pth, .onnx) cannot be read.',
  'source-several': 'Name the folder or the file of one of them.',
  'source-read': 'Check the file or the connection and try again.',
  'source-refused': 'Check the address. A model that needs a login must be downloaded first.',
  'source-gated': "Ask for access on the model's page, and set HF_TOKEN to a token of that account.",
  'source-not-found':
    'Compare the name and the revision with its page. A private model needs a token in HF_TOKEN.',
  'source-token': 'Copy the token again from the settings of the account; it may have expired.',
  'source-forbidden': 'Download the files with another program and name their folder.',
  'source-cancelled': 'Start again.',
  'import-paused': 'Start the same import again; it continues where it stopped.',
  'checkpoint-damaged': 'Download the file again; it is damaged or incomplete.',
  'checkpoint-mismatch': 'Check that all files come from the same model.',
  'model-unknown': 'Choose a model of a supported family (docs/MODELS.md).',
  'model-limit': 'Choose another model, or download the files again from their publisher.',
  'tokenizer-damaged': 'Download tokenizer.json again; it is damaged or of an unknown kind.',
  'template-failed': 'Choose another model, or report its chat template.',
  'store-damaged': 'Delete the stored model and convert it again.',
  'store-missing': 'List the stored models with `linnet models`.',
  'store-full': 'Free some space on the disk and try again.',
  'prefix-unusable': 'Ask again; the text is computed again.',
  'prompt-too-long': 'Choose a shorter text or a larger --capacity.',
  'request-invalid': 'Change the request as the message says.',
  'request-aborted': 'Start again.',
  'numbers-broken':
    'Import the model again; its weights may be damaged. With --activations f32 larger numbers fit.',
  internal: 'Report this with the command; it is a fault of the engine.',
};
