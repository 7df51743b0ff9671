import { bulkhead } from "cockatiel";

/** The answers in the order of the items, at most `limit` at work at once. @throws what `work` throws first */
export const mapLimited = <Item, Answer>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> => {
  const room = bulkhead(limit, items.length);
  return Promise.all(items.map((item) => room.execute(() => work(item))));
};
