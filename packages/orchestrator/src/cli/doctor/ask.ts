import { messageOf, withTimeout } from "../../services/timeout.ts";
import { type Finding, sentence, wrong } from "./finding.ts";
import type { Waiting } from "./waiting-line.ts";

/** One question to somebody outside. It always ends: who hangs or fails is a finding. */
export type Ask = (
  /** As the waiting line and a failure name it. */
  who: string,
  question: () => Promise<readonly Finding[]>,
) => Promise<readonly Finding[]>;

/** @param limitMs of one question, in ms */
export const createAsk =
  (waiting: Waiting, limitMs: number): Ask =>
  async (who, question) => {
    waiting.begin(who);
    try {
      return await withTimeout(question(), limitMs, who);
    } catch (error) {
      const fix = "See that it is up and that this machine can reach it, then run this again.";
      return [wrong(who, sentence(messageOf(error)), fix)];
    } finally {
      waiting.end(who);
    }
  };
