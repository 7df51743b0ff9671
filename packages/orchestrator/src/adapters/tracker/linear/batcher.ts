import { DeliveryError } from "../../../ports/delivery-error.ts";

export type Verdict = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: unknown };

export interface BatcherOptions<Item> {
  /** Of one batch. */
  readonly limit: number;
  /** That may wait; one more is refused. */
  readonly queue: number;
  /** How long the first of a batch waits for others, in ms. */
  readonly gatherMs: number;
  /** One verdict for each item, in their order. What it throws is everybody's verdict. */
  readonly work: (items: readonly Item[]) => Promise<readonly Verdict[]>;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly settle: (verdict: Verdict) => void;
}

/**
 * Items that arrive at about the same time, or while a batch is under way, go out together. One batch at a time, in the
 * order of arrival. The promise is the item's own.
 */
export const createBatcher = <Item>(options: BatcherOptions<Item>): ((item: Item) => Promise<void>) => {
  const { limit, queue, gatherMs, work } = options;
  const waiting: Waiting<Item>[] = [];
  let busy = false;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, limit);
      const verdicts = await verdictsOf(batch.map(({ item }) => item));
      batch.forEach(({ settle }, index) => {
        settle(
          verdicts[index] ?? { kind: "failed", error: new Error("A batch left an item without a verdict.") },
        );
      });
    }
    busy = false;
  };

  const verdictsOf = async (items: readonly Item[]): Promise<readonly Verdict[]> => {
    try {
      return await work(items);
    } catch (error) {
      return items.map(() => ({ kind: "failed", error }));
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= queue) {
        reject(new DeliveryError(`${queue} changes already wait for Linear.`, { retryable: true }));
        return;
      }
      const settle = (verdict: Verdict): void => {
        if (verdict.kind === "done") resolve();
        else reject(verdict.error);
      };
      waiting.push({ item, settle });
      if (busy) return;
      busy = true;
      setTimeout(() => void run(), gatherMs);
    });
};
