/**
 * What a person hands over: texts attached to a question, and files of a model.
 *
 * Sends files that a person picked on the Models page to the worker. Runtime ports carry JSON only, so files are sent by
 * a BroadcastChannel: it reaches the same origin, and a File is passed as a reference, without its bytes.
 */
export interface PickedFile {
  /** The path with its folders, which a File loses when it is sent. */
  readonly path: string;
  readonly file: File;
}

export interface FilesMessage {
  readonly kind: 'import-files';
  /** Chosen by the sender; `Models.imports` has the same id. */
  readonly id: string;
  /** The folder's name, which becomes the model's initial name. */
  readonly name: string;
  readonly files: readonly PickedFile[];
  /** Id of the stored model that they are the original of. */
  readonly improves?: string;
  /** Id of the stored model that is compared with them. */
  readonly measures?: string;
}

/** What files are called until the engine names their model: the first file of weights, else the first of all. */
export function nameOfFiles(files: readonly PickedFile[]): string | undefined {
  const names = files.map(({ path }) => path.split('/').at(-1));
  return names.find((name) => /\.(?:gguf|safetensors)$/i.test(name ?? '')) ?? names[0];
}

const CHANNEL = 'linnet-files';

/** What the files are for; where nothing is named, they are imported as a new model. */
export type FilesPurpose = Pick<FilesMessage, 'improves' | 'measures'>;

export function sendFiles(name: string, files: readonly PickedFile[], purpose: FilesPurpose = {}): string {
  const id = crypto.randomUUID();
  const channel = new BroadcastChannel(CHANNEL);
  const message: FilesMessage = { kind: 'import-files', id, name, files, ...purpose };
  channel.postMessage(message);
  // Messages posted before the closing are still delivered.
  channel.close();
  return id;
}

export function receiveFiles(listener: (message: FilesMessage) => void): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<FilesMessage>) => {
    if (data.kind === 'import-files') listener(data);
  };
}

/** What a conversation shows of an attached text. */
export interface AttachmentFacts {
  readonly id: string;
  /** Of the file; absent for a paste. */
  readonly name?: string;
  /** Length of the text. */
  readonly characters: number;
}

/** The text itself. Only the question that brings it carries it; from then on it is with the conversation. */
export interface AttachedText {
  readonly id: string;
  readonly name?: string;
  readonly text: string;
}

export function attachmentFacts({ id, name, text }: AttachedText): AttachmentFacts {
  return { id, ...(name === undefined ? {} : { name }), characters: text.length };
}
