/** A room: a folder, or one file, with what it may import. `scripts/rooms.ts` lists them all. */
export interface Room {
  /** A folder, or one file, relative to the repository. */
  readonly path: string;
  /** Rooms or single files it may import besides itself. */
  readonly imports: readonly string[];
  /** Where else to put the code or what to import instead; shown with every breach. */
  readonly instead: string;
}
