import type { Destination } from "./reach.ts";

/** Each host is named once, and of an endless number of hosts so many. */
const maxNamed = 100;
const maxHostCharacters = 200;

export interface Refusals {
  add(destination: Destination, why: string): void;
  readonly count: () => number;
  /** As `host:port`, each once, in the order in which they were first asked for. */
  readonly hosts: () => readonly string[];
}

export const createRefusals = (log: (line: string) => void): Refusals => {
  const named = new Set<string>();
  let count = 0;
  return {
    add: ({ host, port }, why) => {
      count += 1;
      const name = `${printable(host).slice(0, maxHostCharacters)}:${port}`;
      if (named.size >= maxNamed || named.has(name)) return;
      named.add(name);
      log(`the sandbox refused a connection to ${name}: ${why}`);
      if (named.size === maxNamed) log("the sandbox refuses more hosts; they are only counted from here on");
    },
    count: () => count,
    hosts: () => [...named],
  };
};

/** The agent chose it, and terminals obey some characters. */
const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, "?");
