import { VendorError } from "../../../ports/vendor-error.ts";
import type { Exchange } from "../exchange.ts";
import { createBoundedMap } from "./bounded-map.ts";
import { toAnswer } from "./door.ts";
import type { GithubAnswer } from "./github-client.ts";

export interface KnownAnswer {
  readonly tag: string;
  /** Without the parsed JSON, which takes several times as much memory. */
  readonly answer: Exchange;
}

/** What GitHub answered earlier, to be asked for again under its ETag: a 304 does not count against the hourly limit. */
export interface KnownAnswers {
  find(key: string): KnownAnswer | undefined;
  /**
   * The answer that this one stands for: itself, or `before` where it says that nothing has changed since.
   * @param before whose ETag was sent; others may have taken its place meanwhile
   * @throws VendorError `malformed` where nothing was known
   */
  resolve(key: string, answer: GithubAnswer, before: KnownAnswer | undefined): GithubAnswer;
}

const mostAnswers = 500;
/** In UTF-16 code units. */
const largestBody = 256 * 1024;
const mostInAll = 16 * 1024 * 1024;

export const createKnownAnswers = (): KnownAnswers => {
  const known = createBoundedMap<KnownAnswer>(mostAnswers, mostInAll, ({ answer }) => answer.text.length);
  return {
    find: known.get,
    resolve: (key, answer, before) => {
      const { status, headers, text } = answer;
      if (status === 304) {
        if (before === undefined)
          throw new VendorError("malformed", "GitHub says that nothing has changed of what it never told.");
        return toAnswer(before.answer);
      }
      const tag = headers.get("etag");
      if (status === 200 && tag !== null && text.length < largestBody)
        known.set(key, { tag, answer: { status, headers, text } });
      else known.delete(key);
      return answer;
    },
  };
};
