import { seconds } from "../../core/time.ts";

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
  /** Between two looks with the same key that were wanted `soon`, in ms. Whoever floods us must not spend our requests. */
  readonly gapMs?: number;
}

/** One click of a person is several webhooks. */
const gatherMs = 50;
const maxWaiting = 1_000;

export const createLooks = <Subject>({
  look,
  onError,
  gapMs = seconds(3),
}: LooksOptions<Subject>): Looks<Subject> => {
  /** The end of the last look of each key that was begun. */
  const last = new Map<string, Promise<void>>();
  const waiting = new Map<string, NodeJS.Timeout>();
  const lastSoon = new Map<string, number>();
  let isStopped = false;

  const now = async (key: string, subject: Subject): Promise<void> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(() => look(subject));
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, ended);
    try {
      await mine;
    } finally {
      if (last.get(key) === ended) last.delete(key);
    }
  };

  const begin = (key: string, subject: Subject): void => {
    waiting.delete(key);
    lastSoon.set(key, Date.now());
    setTimeout(() => {
      if (Date.now() - (lastSoon.get(key) ?? 0) >= gapMs) lastSoon.delete(key);
    }, gapMs).unref();
    now(key, subject).catch((error: unknown) => onError(subject, error));
  };

  return {
    now,
    soon(key, subject) {
      if (isStopped || waiting.has(key) || waiting.size >= maxWaiting) return;
      const rest = (lastSoon.get(key) ?? -Infinity) + gapMs - Date.now();
      waiting.set(
        key,
        setTimeout(() => begin(key, subject), Math.max(gatherMs, rest)),
      );
    },
    stop() {
      isStopped = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
};
