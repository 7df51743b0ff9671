/** Why a change is not published. */
export type Rule =
  /** Lifted by a person who approves the file. */
  | "ci"
  | "agent-settings"
  | "editor-settings"
  | "git-hooks"
  | "git-settings"
  | "protected-path"
  | "binary"
  /** Lifted by nobody. */
  | "credential"
  | "secret"
  | "symbolic-link"
  | "submodule"
  | "file-too-large"
  | "change-too-large"
  | "unusual-name"
  | "not-scanned";

export interface Finding {
  /** Null: the change as a whole, or a text. */
  readonly path: string | null;
  readonly rule: Rule;
  /** For a person: what about it. Never what was found. */
  readonly what: string;
}

const approvableRules: ReadonlySet<Rule> = new Set<Rule>([
  "ci",
  "agent-settings",
  "editor-settings",
  "git-hooks",
  "git-settings",
  "protected-path",
  "binary",
]);

/** Is it enough that a person agrees to the file? */
export const isApprovable = ({ path, rule }: Finding): boolean => path !== null && approvableRules.has(rule);
