import { createColors } from "picocolors";
import { expect, it } from "vitest";
import { createWaitingLine } from "./waiting-line.ts";

const recorded = (isTTY: boolean) => {
  const written: string[] = [];
  const output = { isTTY, columns: 40, write: (text: string) => void written.push(text) };
  return { written, waiting: createWaitingLine(output, createColors(false)) };
};

const erase = "\r\u001b[2K";

it("says on a terminal who has not answered yet, in one line that goes away", () => {
  const { written, waiting } = recorded(true);
  waiting.begin("Linear");
  waiting.begin("Jira");
  // A second question to the same one changes nothing that could be seen.
  waiting.begin("Jira");
  waiting.end("Linear");
  waiting.end("Jira");
  waiting.end("Jira");
  expect(written).toEqual([
    `${erase}Asking Linear …`,
    `${erase}Asking Linear, Jira …`,
    `${erase}Asking Jira …`,
    erase,
  ]);
});

it("stays on one line, however many are asked, and is gone at once when it is over", () => {
  const { written, waiting } = recorded(true);
  for (const name of ["acme/one", "acme/two", "acme/three", "acme/four"]) waiting.begin(name);
  expect(written.every((text) => text.slice(erase.length).length < 40)).toBe(true);
  waiting.stop();
  waiting.stop();
  expect(written.at(-1)).toBe(erase);
  expect(written.filter((text) => text === erase)).toHaveLength(1);
});

it("says nothing where there is no terminal", () => {
  const { written, waiting } = recorded(false);
  waiting.begin("Linear");
  waiting.end("Linear");
  waiting.stop();
  expect(written).toEqual([]);
});
