import type { Exchange } from "../exchange.ts";
import { createBoundedMap } from "./bounded-map.ts";
import { toAnswer } from "./door.ts";
import type { GithubAnswer } from "./github-client.ts";

/** What GitHub answered earlier, to be asked for again under its ETag: a 304 does not count against the hourly limit. */
export interface KnownAnswers {
  /** The ETag to send; undefined: nothing is known. */
  tagOf(key: string): string | undefined;
  /** The answer that this one stands for: itself, or what was known where it says that nothing has changed. */
  resolve(key: string, answer: GithubAnswer): GithubAnswer;
}

const mostAnswers = 500;
/** In UTF-16 code units. */
const largestBody = 256 * 1024;
const mostInAll = 16 * 1024 * 1024;

export const createKnownAnswers = (): KnownAnswers => {
  // Without the parsed JSON, which takes several times as much memory.
  const known = createBoundedMap<{ readonly tag: string; readonly answer: Exchange }>(
    mostAnswers,
    mostInAll,
    ({ answer }) => answer.text.length,
  );
  return {
    tagOf: (key) => known.get(key)?.tag,
    resolve: (key, answer) => {
      const { status, headers, text } = answer;
      if (status === 304) return toAnswer(known.get(key)?.answer ?? answer);
      const tag = headers.get("etag");
      if (status === 200 && tag !== null && text.length < largestBody)
        known.set(key, { tag, answer: { status, headers, text } });
      else known.delete(key);
      return answer;
    },
  };
};
