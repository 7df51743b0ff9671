/** Work that must not overlap, by key: one at work and one waiting, whose answer everybody shares who comes meanwhile. */
export interface Turns<Answer> {
  /** `work` begins after this call, so it sees all that was there before it. */
  take(key: string, work: () => Promise<Answer>): Promise<Answer>;
}

interface Turn<Answer> {
  readonly answer: Promise<Answer>;
  begun: boolean;
}

export const createTurns = <Answer>(): Turns<Answer> => {
  const last = new Map<string, Turn<Answer>>();
  return {
    async take(key, work) {
      const before = last.get(key);
      if (before?.begun === false) return before.answer;
      const begin = (): Promise<Answer> => {
        turn.begun = true;
        return work();
      };
      // Whoever asked for it hears of a failure; the next one begins either way.
      const previous = before?.answer.then(ignore, ignore) ?? Promise.resolve();
      const turn: Turn<Answer> = { answer: previous.then(() => begin()), begun: false };
      last.set(key, turn);
      try {
        return await turn.answer;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
};

const ignore = (): void => undefined;
