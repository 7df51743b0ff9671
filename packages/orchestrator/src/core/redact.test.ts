import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJlLXdpdGgtZGFzaA";

describe("§11.10 redaction", () => {
  it.each([
    ["a short installation token", "ghs_0123456789abcdef"],
    ["an installation token that carries a JWT", `ghs_1234567_${jwt}`],
    ["a personal token", "ghp_0123456789abcdefghijABCDEFGHIJ012345"],
    ["an OAuth token", "gho_0123456789abcdef"],
    ["a fine-grained token", "github_pat_11ABCDEFG0123456789_abcdef"],
    ["an Anthropic key", "sk-ant-api03-abc_DEF-123"],
    ["a Linear key", "lin_api_0123456789abcdef"],
    ["a Slack token", "xoxb-1234567890-abcdef"],
    ["an AWS key id", "AKIAIOSFODNN7EXAMPLE"],
    ["a JWT", jwt],
    ["a claim token of ours", `claim.01935000-0000-7000-8000-000000000001.${"a-_".repeat(14)}x`],
    ["a run token of ours", `run.01935000-0000-7000-8000-000000000001.${"A1".repeat(21)}z`],
    ["an Atlassian token", "ATATT3xFfGF0abcdefghijklmnop"],
  ])("masks %s without being told of it", (_name, token) => {
    const text = redact(`before ${token}, after`, []);
    expect(text).not.toContain(token.slice(-8));
    expect(text).toBe("before [redacted], after");
  });

  it("masks a private key, whole, cut short, or with its newlines escaped", () => {
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nabcdef\n-----END RSA PRIVATE KEY-----";
    expect(redact(`key: ${key} end`, [])).toBe("key: [redacted] end");
    expect(redact(`key: ${key.replaceAll("\n", "\\n")} end`, [])).toBe("key: [redacted] end");
    expect(redact(`key: ${key.slice(0, 45)}`, [])).toBe("key: [redacted]");
  });

  it("masks the password of a URL and a bearer, and keeps what surrounds them readable", () => {
    expect(redact("postgres://app:hunter2!@db:5432/app", [])).toBe("postgres://app:[redacted]@db:5432/app");
    expect(redact("Authorization: Bearer abcdefghijklmnop==", [])).toBe("Authorization: Bearer [redacted]");
  });

  it("masks every configured secret, also as a URL or JSON writes it", () => {
    const secret = 'p"ss w/rd\nx';
    const written = `${secret} | ${encodeURIComponent(secret)} | ${JSON.stringify(secret)}`;
    expect(redact(written, [secret])).toBe('[redacted] | [redacted] | "[redacted]"');
  });

  it("leaves no rest of a secret that contains another", () => {
    expect(redact("token-long-form", ["token", "token-long-form"])).toBe("[redacted]");
  });

  it("leaves ordinary text alone, and ignores an empty secret", () => {
    const text = "ACME-12: clone https://github.com/acme/app.git at 09:12, see docs/ghost_writer.md";
    expect(redact(text, ["", "a"])).toBe(text);
  });

  it("finds what was hidden behind another credential, so that masking again changes nothing", () => {
    const text = "AKIAIOSFODNN7EXAMPLEsk-ant-abcdefgh1 and the redacted word";
    const once = redact(text, ["redacted"]);
    expect(once).toBe("[redacted][redacted] and the redacted word");
    expect(redact(once, ["redacted"])).toBe(once);
  });

  it.each(["-", "_", ".", "a.", "x-y_"])("masks a JWT after %s", (before) => {
    expect(redact(`${before}${jwt} end`, [])).toBe(`${before}[redacted] end`);
  });

  it.each([
    ["-eyJ", "-eyJ".repeat(16_000)],
    ["-eyJ before a dot", `${"-eyJ".repeat(16_000)}.x`],
    ["eyJ and dots", "-eyJaaaaaaaa.".repeat(5_000)],
    ["begun keys", "-----BEGIN PRIVATE KEY".repeat(3_000)],
    ["begun URLs", `a://${":".repeat(700)}`.repeat(90)],
  ])("takes the time of the text's length for %s: ten times as much text, not a hundred times", (_, text) => {
    // Matching each of these took more than a minute when it took the square of the length.
    expect(redact(text.repeat(10), []).length).toBeGreaterThan(0);
  });
});
