/** A file that a change makes, alters or takes away, as git's raw diff tells it. */
export interface ChangedEntry {
  readonly path: string;
  /** Octal digits; `000000` where there is none. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

export const isGone = ({ newMode }: ChangedEntry): boolean => newMode === "000000";

/** What a file is after the change. */
export type FileContent =
  | { readonly kind: "gone" }
  /** `size` in bytes. `bytes`: one character for each. */
  | { readonly kind: "bytes"; readonly size: number; readonly bytes: string }
  /** It was not read, because its size alone refuses it. */
  | { readonly kind: "too-large"; readonly size: number }
  | { readonly kind: "unreadable" };

/** One file of a change, with what is needed to judge it. */
export interface ChangedFile {
  readonly entry: ChangedEntry;
  readonly content: FileContent;
  /** Before the change, one character for each byte; empty where it was not there or was not read. */
  readonly before: string;
}
