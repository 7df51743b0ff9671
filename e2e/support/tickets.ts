import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "./service.ts";

/** A marked ticket as a person would write it. */
export const writeTicket = (
  sandbox: Sandbox,
  id: string,
  body = "Do what the title says.\n",
): Promise<void> =>
  writeFile(
    join(sandbox.tickets, `${id}.md`),
    `---\nid: ${id}\ntitle: Title of ${id}\nstatus: Ready\n---\n${body}`,
  );

/** Takes every ticket file away but the named ones: most tests need one ticket, the others would only take time. */
export const keepTickets = async (sandbox: Sandbox, ...ids: readonly string[]): Promise<void> => {
  const names = await readdir(sandbox.tickets);
  for (const name of names)
    if (name.endsWith(".md") && !ids.includes(name.slice(0, -".md".length)))
      await rm(join(sandbox.tickets, name));
};
