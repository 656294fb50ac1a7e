/** English texts about the person's own server; see en.ts. */
export const server = {
  'server-title': 'A server of your own',
  'server-intro':
    'A larger computer of yours can answer in place of this device: with llama-server, Ollama, LM Studio, vLLM, or whatever else has the chat interface of OpenAI.',
  'server-leaves':
    'What you ask, select and have summarised or translated then leaves this device for that address, and for no other. Nothing is sent until you turn it on.',
  'server-address-label': 'Address of the server',
  'server-address-hint':
    'Such as http://192.168.1.5:11434. Plain http is for your own network; anywhere else it is https. The browser asks whether Linnet may connect there.',
  'server-find': 'Look for its models',
  'server-finding': 'Asking the server …',
  'server-none': 'The server answers, but lists no model. Load one there first.',
  'server-model-label': 'Model',
  'server-context': 'Tokens it reads at once',
  'server-context-stated': 'The server states this number.',
  'server-context-assumed':
    'The server does not say. If it was started with more, enter that; with less, long texts lose their beginning there.',
  'server-key-label': 'Key, if the server asks for one',
  'server-key-keep': 'Keep the key on this device',
  'server-try': 'Try it',
  'server-trying': 'Waiting for its first words …',
  'server-tried': 'It answers after {seconds} seconds: “{answer}”',
  'server-tried-thought': 'It works. It thinks before it answers.',
  'server-use': 'Use it',
  'server-device': 'Use this device again',
  'server-change': 'Change',
  'server-remove': 'Remove',
  'server-allow': 'Allow it',
  'server-on': 'In use',
  'server-off': 'Not in use',
  'server-used': 'Answers come from this server. Texts leave this device for {host}.',
  'server-unused': 'This device answers, and nothing is sent to {host}.',
  'server-in-private': 'Also for private windows',
  'server-in-private-hint':
    'Without this, nothing from a private window is sent; a model on this device answers there.',
  'hint-server': 'Only your own server gets your texts. Nothing is sent anywhere else.',
};
