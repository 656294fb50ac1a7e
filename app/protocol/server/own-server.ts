/** A person's own server in place of the engine on this device: the setting, and what is known of it. Plain data. */

/** The setting; absent where no server was set up. */
export interface OwnServer {
  /** {@link ServerAddress.base} */
  readonly address: string;
  /** The model's name, as the server lists it. */
  readonly model: string;
  /** Tokens of prompt and answer together, as the server states them or a person typed them; else assumed. */
  readonly context?: number;
  /** Answers come from the server; else from this device, and the server is asked nothing. */
  readonly used: boolean;
  /** Also what comes from private windows; nothing of them is sent where absent. */
  readonly inPrivate?: true;
}

/** Where text was sent to. */
export interface SentTo {
  /** Host and port; absent in what web pages receive, which do not learn a person's server. */
  readonly host?: string;
}

/** A model of a server. */
export interface ServerModel {
  readonly id: string;
  /** Tokens, where the server states them. */
  readonly context?: number;
}

/** What a short question to a server showed. */
export interface ServerTrial {
  /** The first words of its answer. */
  readonly answer: string;
  /** Until the first word. */
  readonly milliseconds: number;
  /** The server counted more tokens than {@link OwnServer.context} has; this many are its limit. */
  readonly context?: number;
}

/** Tokens of the context where neither the server nor the person says: what Ollama gives a model unless it is told. */
export const ASSUMED_CONTEXT = 4096;
