import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Sandbox, Service } from "../service.ts";

/** Everything that people and programs can see of the service and its runs, by name. */
export const sinksOf = async (service: Service, sandbox: Sandbox): Promise<ReadonlyMap<string, Buffer>> => {
  const { repository, path, tickets } = sandbox;
  const objects = await execa("git", ["cat-file", "--batch-all-objects", "--batch"], {
    cwd: repository,
    encoding: "buffer",
  });
  const refs = await execa("git", ["for-each-ref"], { cwd: repository, encoding: "buffer" });
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => isShown(file.slice(path.length + 1)) || file.startsWith(`${tickets}/`));
  return new Map([
    ["objects of the repository", Buffer.from(objects.stdout)],
    ["branches and tags", Buffer.from(refs.stdout)],
    ...(await answersOf(service)),
    ...(await Promise.all(files.map(async (file) => [file, await contentOf(file)] as const))),
  ]);
};

/** The database, the service's log, and the runners' own files; not what the agents worked in. */
const isShown = (file: string): boolean =>
  /^(?:[^/]*\.sqlite[^/]*|service\.log|attempts\/[^/]+\/[^/]+\.(?:json|log))$/.test(file);

const answersOf = async (service: Service): Promise<readonly (readonly [string, Buffer])[]> => {
  const pages = ["log", "issues", "pulls", "blockers", "sessions", "settings", "mappings"];
  const { items } = await service.get<{ items: readonly { id: string }[] }>("/api/log?limit=200");
  const paths = [...pages.map((page) => `/api/${page}`), ...items.map(({ id }) => `/api/jobs/${id}/steps`)];
  return Promise.all(
    paths.map(async (path) => {
      const { status, body } = await service.send("GET", path);
      if (status >= 500) throw new Error(`GET ${path} answered ${status}`);
      return [path, Buffer.from(JSON.stringify(body))] as const;
    }),
  );
};

/** The service goes on while it is looked at: a file that it has renamed meanwhile is there under its own name. */
const contentOf = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
};
