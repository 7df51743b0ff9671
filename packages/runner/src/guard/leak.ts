/** Something that looks like a credential, whoever it belongs to. */
export interface Leak {
  /** Its name: one of secretlint's, such as `github`, or of our own, such as `private-key`. */
  readonly rule: string;
  /** In UTF-16 code units of the text that was scanned. */
  readonly start: number;
  readonly end: number;
}
