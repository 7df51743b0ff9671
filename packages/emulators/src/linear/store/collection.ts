interface Identified {
  readonly id: string;
}

/** Records by id, in the order in which they were made. */
export interface Collection<E extends Identified> {
  get(id: string): E | undefined;
  list(): readonly E[];
  /** Adds it, or takes the place of the one with its id. */
  put(record: E): void;
  remove(id: string): void;
}

export const createCollection = <E extends Identified>(): Collection<E> => {
  const records = new Map<string, E>();
  return {
    get: (id) => records.get(id),
    list: () => [...records.values()],
    put(record) {
      records.set(record.id, record);
    },
    remove(id) {
      records.delete(id);
    },
  };
};
