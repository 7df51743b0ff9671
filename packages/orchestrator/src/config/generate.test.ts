import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../config.ts";
import { envExample, environmentPage } from "./generate.ts";
import { allSettings } from "./settings.ts";
import { readDotEnv } from "./sources.ts";

const committed = (path: string): Promise<string> =>
  readFile(new URL(`../../../../${path}`, import.meta.url), "utf8");

describe("§4 what is generated from the table of settings", () => {
  it("is what stands in .env.example and docs/environment.md (else: npm run generate)", async () => {
    expect(await committed(".env.example")).toBe(envExample());
    expect(await committed("docs/environment.md")).toBe(environmentPage());
  });

  it("names every setting once in each", () => {
    for (const { name } of allSettings) {
      expect(envExample().match(new RegExp(`^(?:# )?${name}=`, "gm"))).toHaveLength(1);
      expect(environmentPage().match(new RegExp(`^\\| \`${name}\` `, "gm"))).toHaveLength(1);
    }
  });

  it("is an .env that changes nothing when it is copied as it is", () => {
    const options = { production: false, interactive: false };
    const own = { LOCAL_FORGE_DIR: "forge", TICKETS_DIR: "tickets" };
    expect(parseConfig({ ...readDotEnv(envExample()), ...own }, options)).toEqual(parseConfig(own, options));
  });
});
