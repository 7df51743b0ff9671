import { seconds } from "../../core/time.ts";
import { createTurns } from "../turns.ts";

/** Looks that many may want at once: one at a time for each key, and not more often than anybody needs. */
export interface Looks<Subject> {
  /** Resolves once a look that began after this call has ended. @throws what that look threw */
  now(key: string, subject: Subject): Promise<void>;
  /** The same, for whoever does not wait for it: soon, and together with others. Too many keys at once: left to the poll. */
  soon(key: string, subject: Subject): void;
  stop(): void;
}

export interface LooksOptions<Subject> {
  readonly look: (subject: Subject) => Promise<void>;
  /** Of a look that was wanted `soon`. */
  readonly onError: (subject: Subject, error: unknown) => void;
}

/** One click of a person is several webhooks. */
const gatherMs = 50;
const maxWaiting = 1_000;
/**
 * Between two looks with the same key that were wanted `soon`. It doubles for as long as they go on: a build that reports
 * every second, or whoever floods us, must not spend the requests that the forge allows us in an hour.
 */
const shortestGapMs = seconds(3);
const longestGapMs = seconds(30);

/** After a look that was wanted `soon`. */
interface Rest {
  /** By a clock that nobody sets. */
  readonly since: number;
  readonly gapMs: number;
}

export const createLooks = <Subject>({ look, onError }: LooksOptions<Subject>): Looks<Subject> => {
  const turns = createTurns<void>();
  const waiting = new Map<string, NodeJS.Timeout>();
  /** Forgotten after twice their gap. */
  const rests = new Map<string, Rest>();
  let isStopped = false;

  /** However many want it: one at work, and one that waits for all who came meanwhile. */
  const now = (key: string, subject: Subject): Promise<void> => turns.take(key, () => look(subject));

  const restFrom = (key: string): void => {
    const before = rests.get(key);
    const gapMs = before === undefined ? shortestGapMs : Math.min(before.gapMs * 2, longestGapMs);
    const rest = { since: performance.now(), gapMs };
    rests.set(key, rest);
    setTimeout(() => {
      if (rests.get(key) === rest) rests.delete(key);
    }, 2 * gapMs).unref();
  };

  const begin = (key: string, subject: Subject): void => {
    waiting.delete(key);
    restFrom(key);
    now(key, subject).catch((error: unknown) => onError(subject, error));
  };

  return {
    now,
    soon(key, subject) {
      if (isStopped || waiting.has(key) || waiting.size >= maxWaiting) return;
      const rest = rests.get(key);
      const leftMs = rest === undefined ? 0 : rest.since + rest.gapMs - performance.now();
      waiting.set(
        key,
        setTimeout(() => begin(key, subject), Math.max(gatherMs, leftMs)),
      );
    },
    stop() {
      isStopped = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
};
