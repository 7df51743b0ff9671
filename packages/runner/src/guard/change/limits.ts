/**
 * How large a change may be to be published (§11.4). They are far above what a ticket takes and low enough for the scan to take
 * seconds; nobody's approval lifts them.
 */
export const limits = {
  /** Files that are new, changed or gone. */
  files: 1_000,
  /** Lines that are new or gone, of all files. A lock file that is made anew has some ten thousand. */
  lines: 100_000,
  /** Bytes of one file. A lock file of a large repository has one to two million. */
  fileBytes: 4 * 1024 * 1024,
  /** Bytes of all new and changed files. */
  totalBytes: 20 * 1024 * 1024,
  /** Bytes of an image or a font that needs nobody's approval. */
  assetBytes: 512 * 1024,
  /** Characters of a path, and of one name in it. */
  path: 500,
  name: 255,
} as const;
