import type { WebhookDelivery } from "./webhook-delivery.ts";

export interface WebhookMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that a signature was made over. */
  readonly body: string;
}

export interface WebhookSender {
  /** Sent after all that were given before it. Nothing is retried: a test that wants a redelivery sends it. */
  send(message: WebhookMessage): void;
  /** What is given while it is paused is dropped, as if the network had eaten it. */
  pause(paused: boolean): void;
  /** In order; the last 10,000. What was dropped or could not be delivered has the status null. */
  deliveries(): readonly WebhookDelivery[];
  /** Cuts what is under way and forgets what waits. */
  close(): Promise<void>;
}

/** Beyond this many waiting ones a message is dropped. */
const maxWaiting = 1_000;
const maxRecorded = 10_000;

/** Posts webhooks one at a time, each for at most `timeoutMs` (default 5 s). */
export const createWebhookSender = (timeoutMs = 5_000): WebhookSender => {
  const recorded: WebhookDelivery[] = [];
  const closed = new AbortController();
  let paused = false;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const record = (message: WebhookMessage, status: number | null): void => {
    recorded.push({ ...message, status });
    if (recorded.length > maxRecorded) recorded.shift();
  };
  const deliver = async (message: WebhookMessage): Promise<void> => {
    waiting -= 1;
    if (!closed.signal.aborted) record(message, await post(message, timeoutMs, closed.signal));
  };
  return {
    send(message) {
      if (paused || waiting >= maxWaiting) return record(message, null);
      waiting += 1;
      last = last.then(() => deliver(message));
    },
    pause(now) {
      paused = now;
    },
    deliveries: () => [...recorded],
    async close() {
      closed.abort();
      await last;
    },
  };
};

const post = async (
  { url, headers, body }: WebhookMessage,
  timeoutMs: number,
  closed: AbortSignal,
): Promise<number | null> => {
  try {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    // A receiver that is down, slow or broken is what the vendor meets too; the delivery says so with null.
    return null;
  }
};
