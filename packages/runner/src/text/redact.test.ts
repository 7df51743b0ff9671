import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact.ts";

describe("redaction (§11.10)", () => {
  it("masks the job's own secrets, also as they stand in a URL or in JSON", () => {
    const redact = createRedactor(["p@ss/word 1", 'quo"te-secret']);
    const text = `a p@ss/word 1 b p%40ss%2Fword%201 c ${JSON.stringify('quo"te-secret')}`;
    expect(redact(text)).toBe('a [redacted] b [redacted] c "[redacted]"');
  });

  it.each([
    "ghs_123456_eyJhbGciOi.eyJpc3Mi.c2lnbmF0dXJl",
    "ghp_0123456789abcdefghij",
    "github_pat_11ABCDEFG0123456789",
    "sk-ant-api03-abcdefgh_ijk",
    "lin_api_abcdefghijkl",
    "xoxb-1234567890-abcdef",
    "ASIA0123456789ABCDEF",
    "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln-bmF0_dXJl",
  ])("masks the known token format %s", (token) => {
    expect(createRedactor([])(`before ${token} after`)).toBe("before [redacted] after");
  });

  it("masks user and password of a URL", () => {
    expect(createRedactor([])("https://x-access-token:hunter2@example.com/a.git")).toBe(
      "https://[redacted]@example.com/a.git",
    );
  });

  it("leaves words alone that only happen to be short secrets", () => {
    expect(createRedactor(["a", "key"])("a key")).toBe("a key");
  });

  it("takes out what an eight-bit terminal obeys", () => {
    expect(createRedactor([])("a\u009b2Jb\u009dc\u0090d\u0085e\u00a0f")).toBe("abcde\u00a0f");
  });

  it("takes out colours, NUL and halves of characters", () => {
    expect(createRedactor([])("\u001b[31mred\u001b[0m\u0000\ud83d!\tok\n")).toBe("red\ufffd!\tok\n");
  });
});
