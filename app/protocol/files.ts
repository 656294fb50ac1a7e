/**
 * Files a person picked on the Models page, on their way to the worker. Runtime ports carry JSON only, so these
 * travel by a BroadcastChannel: same origin, and a File crosses as a reference, without its bytes.
 */
export interface PickedFile {
  /** With its folders, which a File forgets when it crosses. */
  readonly path: string;
  readonly file: File;
}

export interface FilesMessage {
  readonly kind: 'import-files';
  /** Chosen by the sender; the same id then stands in `Models.imports`. */
  readonly id: string;
  /** The folder's name, the model's first name. */
  readonly name: string;
  readonly files: readonly PickedFile[];
}

const CHANNEL = 'linnet-files';

export function sendFiles(name: string, files: readonly PickedFile[]): string {
  const id = crypto.randomUUID();
  const channel = new BroadcastChannel(CHANNEL);
  const message: FilesMessage = { kind: 'import-files', id, name, files };
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
