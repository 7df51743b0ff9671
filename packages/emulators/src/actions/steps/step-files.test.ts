import { describe, expect, test } from "vitest";
import { createCommandReader } from "./command-reader.ts";
import { EnvironmentFileError, parseEnvironmentFile, parsePathFile } from "./environment-file.ts";
import { createMasker } from "./masker.ts";
import { shellCommand } from "./shell.ts";

describe("the environment files of a step", () => {
  test("hold values on one line and between delimiters, the later one wins", () => {
    const text = "a=1\nb=x=y<<z\n\nc<<END\nfirst\n=second\nEND\na=2\nempty=\n";
    expect([...parseEnvironmentFile(text)]).toEqual([
      ["a", "2"],
      ["b", "x=y<<z"],
      ["c", "first\n=second"],
      ["empty", ""],
    ]);
  });

  test.each(["no sign", "=value", "<<END\nx\nEND", "a<<END\nnever ends", "a<<\nx"])(
    "%j is refused",
    (text) => {
      expect(() => parseEnvironmentFile(text)).toThrow(EnvironmentFileError);
    },
  );

  test("a path that was added later comes first", () => {
    expect(parsePathFile("/one\n/two\n")).toEqual(["/two", "/one"]);
  });
});

describe("the output of a step", () => {
  const read = (lines: readonly string[], secrets: readonly string[] = []) => {
    const masker = createMasker(secrets);
    const log: string[] = [];
    const outputs = new Map<string, string>();
    const reader = createCommandReader({ log: (line) => log.push(masker.mask(line)), masker, outputs });
    for (const line of lines) reader.read(line);
    return { log, outputs: Object.fromEntries(outputs), refusals: reader.refusals };
  };

  test("a secret is masked from the first line, each line of a longer one too", () => {
    const { log } = read(["key: alpha", "  beta", "alpha and beta", "alphabet"], ["alpha\nbeta", "alphabet"]);
    expect(log).toEqual(["key: ***", "  ***", "*** and ***", "***"]);
  });

  test("what is masked on the way is masked from then on", () => {
    const { log } = read([
      "token-1",
      "::add-mask::token-1",
      "got token-1",
      "::add-mask::first%0Asecond%25",
      "second% first",
    ]);
    expect(log).toEqual(["token-1", "::add-mask::***", "got ***", "::add-mask::***", "*** ***"]);
  });

  test("errors, warnings, notices and groups are marked, and what is no command stays a line", () => {
    const lines = [
      "::error file=a.ts,line=1::bad%0Athing",
      "::warning::w",
      "::notice::n",
      "::group::g",
      "::x",
      ":: a",
    ];
    expect(read([...lines, "::endgroup::"]).log).toEqual([
      "##[error]bad\nthing",
      "##[warning]w",
      "##[notice]n",
      "##[group]g",
      "::x",
      ":: a",
      "##[endgroup]",
    ]);
  });

  test("between stop-commands and its token nothing is obeyed", () => {
    const lines = [
      "::stop-commands::t0",
      "::set-output name=a::1",
      "::add-mask::x",
      "::t0::",
      "::set-output name=b::2",
    ];
    const { outputs, log } = read([...lines, "x"]);
    expect(outputs).toEqual({ b: "2" });
    expect(log.at(-1)).toBe("x");
  });

  test("set-env and add-path are refused", () => {
    expect(read(["::set-env name=A::1", "::add-path::/x"]).refusals).toHaveLength(2);
  });
});

describe("the shell of a step", () => {
  test("is GitHub's command line for each", () => {
    const line = (shell: string | null, inContainer = false) => {
      const { command, arguments: rest } = shellCommand(shell, "/s.sh", inContainer);
      return [command, ...rest].join(" ");
    };
    expect(line("bash")).toBe("bash --noprofile --norc -eo pipefail /s.sh");
    expect(line(null)).toBe("bash -e /s.sh");
    expect(line(null, true)).toBe("sh -e /s.sh");
    expect(line("perl {0}")).toBe("perl /s.sh");
    expect(() => line("pwsh")).toThrow("pwsh is not emulated");
  });
});
