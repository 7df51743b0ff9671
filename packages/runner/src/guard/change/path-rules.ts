import { invisible } from "../invisible.ts";
import { limits } from "./limits.ts";

/**
 * A path as file systems that ignore case, dots at the end, streams and characters without width take it: what `.GitHub/` is on
 * macOS and Windows, it is here too.
 */
export const canonicalPath = (path: string): string =>
  path
    .split(/[/\\]/)
    .map((name) =>
      name
        .normalize("NFKC")
        .replace(invisible, "")
        .toLowerCase()
        .replace(/:.*$/, "")
        .replace(/[. ]+$/, ""),
    )
    .join("/");

/** Why nobody would name a file like this who does not want to deceive git, a file system or a reader; null: it is fine. */
export const oddityOf = (path: string): string | null => {
  const names = path.split("/");
  if (path.includes("\ufffd")) return "the name is not valid UTF-8";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it finds
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) return "the name holds control characters";
  if (path.search(invisible) !== -1) return "the name holds characters that are not seen";
  if (path.includes("\\")) return "the name holds a backslash";
  if (names.some((name) => name === "" || name === "." || name === ".."))
    return "the path leads out of its folder";
  if (canonicalPath(path).split("/").some(isGitDirectory))
    return "some file systems take the name for git's own folder";
  if (path.length > limits.path || names.some((name) => Buffer.byteLength(name) > limits.name))
    return `the name is longer than ${limits.name} bytes, or the path than ${limits.path} characters`;
  return null;
};

/** `.git`, and the short names that Windows gives it and the folders beside it. */
const isGitDirectory = (name: string): boolean =>
  name === ".git" || /^(?:git|github|gi[0-9a-f]{4})~\d+$/.test(name);
