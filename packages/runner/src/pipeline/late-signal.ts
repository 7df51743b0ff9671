/** A signal that follows another some time later; `release` ends the waiting, when nobody listens any more. */
export interface LateSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** Aborts `delayMs` after `signal` did, or from now on where it already has. */
export const createLateSignal = (signal: AbortSignal, delayMs: number): LateSignal => {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => controller.abort(), delayMs);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
};
