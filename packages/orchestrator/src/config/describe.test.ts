import { describe, expect, it } from "vitest";
import { describeSettings } from "./describe.ts";
import { mergeSources, readDotEnv, type SettingSources } from "./sources.ts";

const options = { production: false, interactive: false };
const row = (sources: SettingSources, name: string) =>
  describeSettings(sources, options).find((candidate) => candidate.name === name);

describe("§4 the effective settings", () => {
  it("tells where each came from: the environment beats .env, .env beats the default", () => {
    const sources = {
      environment: { PORT: "1", CLIENT_SLUG: "" },
      dotEnv: { PORT: "2", CLIENT_SLUG: "acme" },
    };
    expect(row(sources, "PORT")).toMatchObject({ value: "1", source: "environment" });
    expect(row(sources, "CLIENT_SLUG")).toMatchObject({ value: "acme", source: ".env" });
    expect(row(sources, "POLL_INTERVAL_MS")).toMatchObject({ value: "60000", source: "default" });
    expect(row(sources, "LINEAR_API_KEY")).toMatchObject({ value: null, source: "default" });
    expect(mergeSources(sources)).toMatchObject({ PORT: "1", CLIENT_SLUG: "acme" });
  });

  it("never shows a secret, nor one that was put into the wrong setting", () => {
    const sources = {
      environment: { ADMIN_ACCESS_CODE: "hunter2-hunter2", CLIENT_SLUG: "ghp_0123456789abcdef" },
      dotEnv: { DATABASE_URL: "postgres://app:swordfish@db/app" },
    };
    const text = JSON.stringify(describeSettings(sources, options));
    for (const hidden of ["hunter2", "ghp_", "swordfish"]) expect(text).not.toContain(hidden);
  });

  it("shows defaults that depend on another setting or on the place as they are in effect", () => {
    const sources = { environment: { PORT: "9000" }, dotEnv: {} };
    expect(row(sources, "LOCAL_RUNNER_ORCHESTRATOR_URL")?.value).toBe("http://host.docker.internal:9000");
    expect(row(sources, "DEDUP_DB_PATH")?.value).toBe("./dedup.sqlite");
  });
});

describe("§4 .env", () => {
  it("reads quotes, export, comments, Windows line ends and a PEM over several lines", () => {
    const text = [
      "\uFEFF# a comment",
      "PORT=8081 # trailing",
      "export CLIENT_SLUG='acme'",
      'ADMIN_ACCESS_CODE="with # and spaces"',
      'GITHUB_APP_PRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----',
      "MIIE",
      '-----END RSA PRIVATE KEY-----"',
      "EMPTY=",
    ].join("\r\n");
    expect(readDotEnv(text)).toEqual({
      PORT: "8081",
      CLIENT_SLUG: "acme",
      ADMIN_ACCESS_CODE: "with # and spaces",
      GITHUB_APP_PRIVATE_KEY: "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
      EMPTY: "",
    });
  });
});
