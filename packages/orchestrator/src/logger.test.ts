import { describe, expect, it } from "vitest";
import { createLogger, type LoggerOptions } from "./logger.ts";

const secret = 'hunter2 "quoted" \\n\n';

const logged = (options: Partial<LoggerOptions> = {}) => {
  let text = "";
  const logger = createLogger({
    level: "info",
    format: "json",
    secrets: [secret, "trace-me-not"],
    destination: { write: (part) => (text += part) },
    ...options,
  });
  return { logger, text: () => text };
};

const leaks = (text: string): boolean => /hunter2|trace-me-not|ghs_|MIIE/.test(text);

describe("§11.10 the log", () => {
  it.each(["json", "pretty"] as const)("never shows a secret: %s", (format) => {
    const { logger, text } = logged({ format });
    const cause = new Error("token ghs_12345_abc.def-ghi was refused");
    logger.info({ nested: [{ token: secret }], "trace-me-not": 1 }, `it is ${secret}!`);
    logger.error({ err: new Error(`failed with ${secret}`, { cause }) }, "failed");
    logger.child({ authorization: `Bearer ${secret}` }).warn({ url: encodeURIComponent(secret) }, "child");
    logger.info({ key: "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----" }, "key");
    expect(leaks(text())).toBe(false);
    expect(text().match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(7);
  });

  it("stays one JSON object per line, whatever a secret looks like", () => {
    const { logger, text } = logged({ secrets: ['","', "level", '":"x'] });
    logger.info({ a: '","', b: "x" }, "level");
    logger.info({}, "second");
    const lines = text().trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it("keeps fields, message, time and level", () => {
    const { logger, text } = logged();
    logger.child({ run: "r1" }).info({ ticket: "ACME-1" }, "dispatched");
    logger.debug({}, "too fine");
    expect(JSON.parse(text())).toMatchObject({
      level: 30,
      run: "r1",
      ticket: "ACME-1",
      msg: "dispatched",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
  });

  it("is readable for people in the pretty format", () => {
    const { logger, text } = logged({ format: "pretty" });
    logger.warn({ ticket: "ACME-1" }, "the tracker is slow");
    expect(text()).toMatch(/WARN.*the tracker is slow/);
    expect(text()).toContain("ACME-1");
  });
});
