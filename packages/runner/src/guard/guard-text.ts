import type { Secrets } from "../secrets.ts";
import { withoutInvisible } from "./invisible.ts";
import { scanForLeaks } from "./secret-scanner.ts";

/** What is published of a run: on the pull request, on the ticket, in the chat. */
export interface TextGuard {
  /** True: it holds a credential of the run or the canary, in any form, or nobody can tell. It must not be published (§11.4). */
  isCompromised(text: string): boolean;
  /**
   * Fit for people: credentials of the run and whatever else looks like a credential are masked, and it says how many were.
   * A scanner that fails leaves nothing of the text.
   */
  clean(text: string): Promise<string>;
}

const unscanned = "[withheld: it could not be scanned for credentials]";

export const createTextGuard = (secrets: Pick<Secrets, "search" | "redact">): TextGuard => ({
  isCompromised: (text) => secrets.search(text) !== "none",
  clean: async (text) => {
    try {
      return await withoutLeaks(secrets.redact(text));
    } catch {
      // Fail closed: what went wrong may quote the text, so it is not passed on.
      return unscanned;
    }
  },
});

/** Scanned as it is seen: a character that takes no place would hide a credential from the rules and not from a reader. */
const withoutLeaks = async (text: string): Promise<string> => {
  const seen = withoutInvisible(text);
  const leaks = await scanForLeaks(seen, "text.md");
  if (leaks.length === 0) return text;
  let masked = "";
  let end = 0;
  for (const leak of leaks.toSorted((one, other) => one.start - other.start)) {
    if (leak.start >= end) masked += `${seen.slice(end, leak.start)}[redacted]`;
    end = Math.max(end, leak.end);
  }
  return `${masked}${seen.slice(end)}\n\n(What looked like a credential was masked here.)`;
};
