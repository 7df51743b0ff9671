import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createProgram } from "../cli/program.ts";
import { createTestApp } from "../http/testing/test-app.ts";
import { type Page, readPage, root, targetOf } from "./testing/page.ts";
import { filesBelow } from "./testing/sources.ts";

const paths = [...filesBelow("").filter((path) => !path.includes("/")), ...filesBelow("docs")].filter(
  (path) => path.endsWith(".md"),
);
const pages: ReadonlyMap<string, Page> = new Map(paths.map((path) => [path, readPage(path)]));
const all = [...pages.values()];
const each = all.map((page) => [page.path, page] as const);

/** Records of their day: what they name may be gone. */
const isOfToday = ({ path }: Page): boolean => !/^docs\/decisions\/\d|^CHANGELOG/.test(path);

it("there are pages to read", () => {
  expect(paths).toEqual(expect.arrayContaining(["README.md", "docs/github.md", "docs/decisions/README.md"]));
});

describe("links inside of the documentation", () => {
  it.each(each)("%s: lead to a file that is there, and to one of its headings", (_, page) => {
    const broken = page.links
      .filter(({ url }) => !/^[a-z]+:/.test(url))
      .filter(({ url }) => {
        const { path, anchor } = targetOf(page, url);
        if (!existsSync(join(root, path))) return true;
        return anchor !== null && pages.get(path)?.anchors.has(anchor) !== true;
      });
    expect(broken).toEqual([]);
  });

  it("every decision is in their list, and every page is reached from another", () => {
    const reached = new Set(all.flatMap((page) => page.links.map(({ url }) => targetOf(page, url).path)));
    expect(paths.filter((path) => path !== "README.md" && !reached.has(path))).toEqual([]);
  });
});

describe("files that the pages name", () => {
  const files = filesBelow("");
  const pattern = /^[\w.<>*/-]+\.(ts|mjs|md|yml)$/;

  /** Of a target repository, or made by whoever reads. */
  const elsewhere =
    /^(\.ai-implement\/|\.github\/|TICKETS_DIR\/|(PLANNING|WORKFLOW|CLAUDE|AGENTS)\.md|\$CODEX_HOME\/|ai-implement-comment-trigger\.yml)/;

  it.each(each.filter(([, page]) => isOfToday(page)))("%s: are there", (_, page) => {
    const named = page.codes.filter(
      (code) => pattern.test(code) && !/[<*]/.test(code) && !elsewhere.test(code),
    );
    const missing = named.filter(
      (name) => !files.some((path) => path === name || path.endsWith(`/${name.replace(/^(\.\.\/)+/, "")}`)),
    );
    expect(missing).toEqual([]);
  });
});

describe("commands that the pages show", () => {
  const program = createProgram({
    environment: {},
    directory: root,
    interactive: false,
    output: { write: () => undefined, isTTY: false, columns: undefined },
    listen: async () => 0,
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  });
  const help: ReadonlyMap<string, string> = new Map(
    program.commands.map((command) => [command.name(), command.helpInformation()]),
  );

  const commandsOf = (page: Page): readonly string[] =>
    [
      ...page.codes,
      ...page.blocks
        .filter(({ language }) => language === "sh" || language === "console")
        .flatMap(({ text }) => text.split("\n").map((line) => line.replace(/^\$ |\s#.*$/g, ""))),
    ].filter((text) => /^ai-implement [a-z]/.test(text));

  it.each(each.filter(([, page]) => commandsOf(page).length > 0))("%s: are listed by --help", (_, page) => {
    for (const line of commandsOf(page)) {
      const [, name = "", ...words] = line.trim().split(/\s+/);
      expect([...help.keys()], line).toContain(name);
      for (const flag of words.filter((word) => word.startsWith("--")))
        expect(help.get(name), line).toContain(flag);
    }
  });
});

describe("routes that the pages name", async () => {
  const { ask, app } = await createTestApp();
  const { paths: described } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse((await ask("GET", "/api/openapi.json")).body);
  await app.close();
  const routes = Object.entries(described).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => new RegExp(`^${method.toUpperCase()} ${path.replace(/\{[^/]+\}/g, "[^/]+")}$`),
    ),
  );

  it.each(each.filter(([, page]) => isOfToday(page)))("%s: are there", (_, page) => {
    const named = page.codes
      .filter((code) => /^(GET|POST|PATCH|PUT|DELETE) \//.test(code))
      .map((code) => code.replace(/[?{ ]*$/, "").replace(/\?.*$/, ""));
    expect(named.filter((route) => !routes.some((known) => known.test(route)))).toEqual([]);
  });
});
