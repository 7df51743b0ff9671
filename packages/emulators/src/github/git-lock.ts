/** Does one thing after the other for each key; what was given first is done first. */
export type Serially = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export const createSerially = (): Serially => {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    // One that failed has told its own caller; the next begins all the same.
    const before = (last.get(key) ?? Promise.resolve()).catch(() => null);
    const done = before.then(work);
    last.set(key, done);
    return done;
  };
};
