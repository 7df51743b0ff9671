import { describe, expect, it } from "vitest";
import { toLogLine } from "./log-line.ts";

/** As GitHub's runner looks for its commands in what a job prints. */
const isCommand = (line: string): boolean => /^[\s\u0085]*::/.test(line) || line.includes("##[");

describe("§11.10 what is logged gives no command to GitHub's runner", () => {
  it.each([
    "::add-mask::x",
    "  ::error::x",
    "implement 1 succeeded\n::stop-commands::x",
    "a\r::warning::x",
    "\u0085::add-mask::x",
    "\u00a0\u2003\ufeff::add-mask::x",
    "a ##[set-env name=PATH]x",
    ":::debug::x",
  ])("%j", (line) => {
    const lines = toLogLine(line).split(/[\r\n]/);
    expect(lines.filter(isCommand)).toEqual([]);
  });

  it("and is otherwise left as it is", () => {
    expect(toLogLine("std::vector, a::b\n: fine # [x]")).toBe("std::vector, a::b\n: fine # [x]");
  });
});
