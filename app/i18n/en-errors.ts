/**
 * Errors in English, by their codes; see en.ts. A code without its two texts does not compile: what went wrong, in one
 * sentence, and what the reader can do about it.
 */
import type { ErrorCode } from '../protocol/errors.ts';

const sentences: Readonly<Record<`error-${ErrorCode}`, string>> = {
  'error-gpu-unavailable': 'WebGPU is not available in this browser, so Linnet cannot run a model.',
  'error-gpu-limit': 'This model is too large for this graphics adapter.',
  'error-gpu-lost': 'The graphics adapter was reset while the model was working.',
  'error-gpu-program': 'The graphics adapter rejected one of Linnet’s programs.',
  'error-source-missing': 'A model file is missing.',
  'error-source-unknown': 'No model was found in your selection.',
  'error-source-several': 'More than one model was found here.',
  'error-source-read': 'A model file could not be read.',
  'error-source-refused': 'The server refused to send a model file.',
  'error-source-forbidden': 'Linnet may not connect to this server.',
  'error-source-gated': 'The publisher gives this model only to people who asked for it.',
  'error-source-not-found': 'The hub has no public model of this name.',
  'error-source-token': 'The hub does not accept the access token.',
  'error-import-paused': 'The import is paused.',
  'error-source-cancelled': 'The import was cancelled.',
  'error-checkpoint-damaged': 'A model file is damaged.',
  'error-checkpoint-mismatch': 'The model files do not belong together.',
  'error-model-unknown': 'Linnet does not support this kind of model.',
  'error-model-limit': 'This model’s files demand more work than any known model.',
  'error-tokenizer-damaged': 'The model’s tokenizer is damaged.',
  'error-template-failed': 'The model’s chat template does not work.',
  'error-store-damaged': 'The stored model is damaged.',
  'error-store-missing': 'This model is no longer on this device.',
  'error-store-full': 'There is not enough space left on this device.',
  'error-prefix-unusable': 'The saved state of this text cannot be used.',
  'error-prompt-too-long': 'The text is longer than the model can read at once.',
  'error-request-invalid': 'This cannot be done.',
  'error-request-refused': 'This cannot be asked for from here.',
  'error-request-aborted': 'Stopped.',
  'error-numbers-broken': 'The model computed numbers that are not valid.',
  'error-no-model': 'There is no model on this device yet.',
  'error-page-restricted': 'Linnet cannot read this page.',
  'error-page-hides': 'This page removes or blocks what Linnet shows on it.',
  'error-page-uncalled': 'Linnet has not been opened on this page yet.',
  'error-page-pdf': 'Linnet cannot read PDF files yet.',
  'error-page-empty': 'There is hardly any text on this page.',
  'error-page-painted': 'This page draws its text as a picture.',
  'error-page-framed': 'The text of this page is in a frame of another site.',
  'error-page-slow': 'The page does not answer.',
  'error-text-none': 'There is nothing to translate here.',
  'error-erase-incomplete': 'Not everything could be deleted.',
  'error-engine-unreachable': 'Linnet’s engine is not responding.',
  'error-import-stuck': 'This import stopped Linnet twice at the same place, so it was not started again.',
  'error-server-address': 'This is no address that Linnet may send texts to.',
  'error-server-down': 'Your server cannot be reached.',
  'error-server-refused': 'Your server refuses requests from browser extensions.',
  'error-server-unlike': 'What answers at this address has no chat interface that Linnet knows.',
  'error-server-model': 'Your server does not have this model.',
  'error-server-key': 'Your server asks for a key, or does not accept this one.',
  'error-server-busy': 'Your server is busy, or still loading its model.',
  'error-server-failed': 'Your server could not answer.',
  'error-server-cut': 'The connection to your server ended within the answer.',
  'error-server-silent': 'Nothing comes from your server any more.',
  'error-server-permission': 'The browser does not let Linnet connect to your server.',
  'error-server-private':
    'Your server is not used for private windows, and there is no model on this device.',
  'error-internal': 'Something went wrong inside Linnet.',
};

const nextSteps: Readonly<Record<`next-${ErrorCode}`, string>> = {
  'next-gpu-unavailable':
    'Use a browser with WebGPU (Chrome or Edge 121 or newer) and switch graphics acceleration on in its settings.',
  'next-gpu-limit': 'Choose a smaller model, or a device whose GPU allows larger buffers.',
  'next-gpu-lost': 'Try again; the model is loaded anew. If it happens often, choose a smaller model.',
  'next-gpu-program': 'Report this together with the diagnostics; it is a fault of Linnet.',
  'next-source-missing': 'Check that the folder or address has this file.',
  'next-source-unknown':
    'Choose a folder with config.json and safetensors, or one GGUF file. Unpack archives first; other formats (.pth, .onnx) cannot be read.',
  'next-source-several': 'Choose the folder or the file of one of them.',
  'next-source-read': 'Check the file or the connection and try again.',
  'next-source-refused':
    'Check the address. Some models must be asked for on their page first, and Linnet cannot log in for you.',
  'next-source-forbidden':
    'Download the file with your browser and drop it on the Models page. Linnet itself may connect only to the servers that the details name.',
  'next-source-gated': 'Ask for access on the model’s page; then enter an access token of that account.',
  'next-source-not-found': 'Compare the name with the model’s page. A private model needs an access token.',
  'next-source-token': 'Copy the token again from the settings of your account; it may have expired.',
  'next-import-paused': 'Continue whenever you like; it goes on where it stopped.',
  'next-source-cancelled': 'Start again whenever you like; nothing that was stored is lost.',
  'next-checkpoint-damaged': 'Download the file again; it is damaged or incomplete.',
  'next-checkpoint-mismatch': 'Check that all files come from the same model.',
  'next-model-unknown': 'Choose a model of a supported family.',
  'next-model-limit': 'Choose another model, or download the files again from their publisher.',
  'next-tokenizer-damaged': 'Download tokenizer.json again; it is damaged or of an unknown kind.',
  'next-template-failed': 'Choose another model, or report its chat template.',
  'next-store-damaged': 'Delete the model and import it again.',
  'next-store-missing': 'Open Models and import a model.',
  'next-store-full': 'Free some space (Models shows what is stored) and try again.',
  'next-prefix-unusable': 'Ask again; the text is read anew.',
  'next-prompt-too-long': 'Choose a shorter text; or select the part that matters.',
  'next-request-invalid': 'Change the request as the message says.',
  'next-request-refused': 'Use the pages of Linnet for this; on a web page, reload the page.',
  'next-request-aborted': 'Ask again whenever you like.',
  'next-numbers-broken':
    'Import the model again: its weights may be damaged. If it happens again, choose another model.',
  'next-no-model': 'Open Models and choose or import one. A model that only finds passages cannot answer.',
  'next-page-hides': 'Use Linnet by its button in the toolbar instead.',
  'next-page-restricted': 'The browser lets no extension read this page. Open an ordinary web page.',
  'next-page-uncalled': 'Click the icon of Linnet while that page is in front, then try again.',
  'next-page-pdf':
    'Select the text that you mean, and choose “Translate the selection” in the menu of a right click.',
  'next-page-empty': 'It is too little for a summary. Select the text that you mean and try again.',
  'next-page-painted':
    'Copy the text, or download the document as text, and paste it into the field for questions.',
  'next-page-framed':
    'Right-click the frame and open it in a tab of its own (“This frame”), then use Linnet there.',
  'next-page-slow': 'Wait until the page reacts again, or reload it; then try again.',
  'next-text-none': 'Select the text that you mean and try again.',
  'next-erase-incomplete':
    'Restart the browser and delete again. If that does not help, remove Linnet from the browser: that deletes everything.',
  'next-engine-unreachable': 'Close and reopen Linnet; if that does not help, reload the extension.',
  'next-import-stuck':
    'Continue it to try once more, or cancel it to remove its files. Everything else works.',
  'next-server-address': 'Enter http and an address of your own network, or https and any other.',
  'next-server-down':
    'Check that it runs, that it listens on your network (not only on its own machine), and that the address and port are right. Or use this device again on the Models page.',
  'next-server-refused':
    'Allow them there: Ollama with OLLAMA_ORIGINS set to chrome-extension://* or moz-extension://*, others in their settings for CORS. Then try again.',
  'next-server-unlike':
    'Check the address and the port; some servers need their interface switched on, or another path before /v1.',
  'next-server-model': 'Choose another one of its models on the Models page, or load this one there.',
  'next-server-key':
    'Enter its key on the Models page. One that was not kept is forgotten when the browser closes.',
  'next-server-busy': 'Wait a moment and try again.',
  'next-server-failed':
    'The details have its own words. Look at what it reports on its machine, and try again.',
  'next-server-cut': 'Ask again. If it happens often, look at what the server reports on its machine.',
  'next-server-silent':
    'Ask again, or a shorter text. It may be reading or loading for longer than Linnet waits.',
  'next-server-permission': 'Allow it on the Models page; the browser asks you once more.',
  'next-server-private': 'Get a model on the Models page, or allow your server for private windows there.',
  'next-internal': 'Report this together with the diagnostics; it is a fault of Linnet.',
};

export const enErrors = { ...sentences, ...nextSteps };
