import { describe, expect, it } from "vitest";
import { createLiveArea, type Output } from "./terminal.ts";
import type { DemoView } from "./view.ts";

/** Keeps what is written, and shows it as a terminal would that knows the few codes which the demo uses. */
const anOutput = (isTTY: boolean, columns?: number) => {
  let written = "";
  const output: Output = {
    isTTY,
    columns,
    write: (text) => {
      written += text;
    },
  };
  return { output, written: () => written, screen: () => shown(written) };
};

const shown = (written: string): readonly string[] => {
  const lines: string[] = [];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
  for (const [token, up] of written.matchAll(/\u001b\[(?:(\d+)A|2K|\?25[lh])|\n|[^\u001b\n]+/g)) {
    if (up !== undefined) row -= Number(up);
    else if (token === "\n") row += 1;
    else if (token === "\u001b[2K") lines[row] = "";
    else if (!token.startsWith("\u001b")) lines[row] = (lines[row] ?? "") + token;
  }
  return lines.filter((line) => line !== "");
};

const frames: readonly (readonly string[])[] = [
  ["", "one 0.1 s", "two", "three"],
  ["", "one 0.2 s", "two again"],
];
const view = (now: number): DemoView => ({ tickets: [], now });
const renderOf = ({ now }: DemoView): readonly string[] => frames[now] ?? [];

describe("the demo on a terminal", () => {
  it("draws each frame over the one before, also when it is shorter", () => {
    const { output, screen } = anOutput(true, 80);
    const area = createLiveArea(output, renderOf);
    area.show(view(0));
    expect(screen()).toEqual(["one 0.1 s", "two", "three"]);
    area.show(view(1));
    expect(screen()).toEqual(["one 0.2 s", "two again"]);
    area.end();
    output.write("below\n");
    expect(screen()).toEqual(["one 0.2 s", "two again", "below"]);
  });

  it("gives the cursor back", () => {
    const { output, written } = anOutput(true, 80);
    createLiveArea(output, renderOf).end();
    expect(written()).toMatch(/\?25l.*\?25h$/s);
  });

  it("asks for the width anew in each frame, because a window can change", () => {
    const widths: number[] = [];
    let columns = 120;
    const output: Output = {
      isTTY: true,
      get columns() {
        return columns;
      },
      write: () => undefined,
    };
    const area = createLiveArea(output, (_, width) => {
      widths.push(width);
      return [];
    });
    area.show(view(0));
    columns = 10;
    area.show(view(0));
    expect(widths).toEqual([120, 40]);
  });
});

describe("the demo in a log", () => {
  it("prints each line once, whatever its running time, and no control characters", () => {
    const { output, written } = anOutput(false);
    const area = createLiveArea(output, renderOf);
    for (const now of [0, 0, 1, 0, 1]) area.show(view(now));
    area.end();
    expect(written()).toBe("one 0.1 s\ntwo\nthree\ntwo again\n\n");
  });
});
