import { randomBytes } from "node:crypto";
import { zipSync } from "fflate";
import type { LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubWorkflowRun } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";

type Artifact = GithubWorkflowRun["artifacts"][number];

export interface Artifacts {
  /** @throws Error where the run has one of the name already */
  add(run: GithubWorkflowRun, name: string, files: Readonly<Record<string, Uint8Array>>): void;
  /** A URL that serves the archive without a token, for a minute. */
  link(artifact: Artifact): string;
  /** Null: not the path of an archive. */
  handleDownload(path: string): LoopbackAnswer | null;
}

const root = "/_artifacts/";
const linkMs = 60_000;
const maxLinks = 10_000;

export const createArtifacts = (api: GithubApi): Artifacts => {
  const links = new Map<string, { readonly artifact: Artifact; readonly until: number }>();
  return {
    add(run, name, files) {
      if (run.artifacts.some((artifact) => artifact.name === name))
        throw new Error(`Conflict: an artifact with the name ${name} already exists on the workflow run`);
      const archive = zipSync(files);
      run.artifacts.push({ id: api.store.nextId(), name, archive, createdAt: api.now() });
    },
    link(artifact) {
      const key = randomBytes(24).toString("base64url");
      links.set(key, { artifact, until: api.now() + linkMs });
      const [oldest] = links.keys();
      if (links.size > maxLinks && oldest !== undefined) links.delete(oldest);
      return `${api.url()}${root}${key}/${encodeURIComponent(artifact.name)}.zip`;
    },
    handleDownload(path) {
      if (!path.startsWith(root)) return null;
      const [key = ""] = path.slice(root.length).split("/");
      const found = links.get(key);
      if (found === undefined || found.until < api.now())
        return { status: 403, body: "This link is not valid, or no longer" };
      return { status: 200, headers: { "content-type": "application/zip" }, body: found.artifact.archive };
    },
  };
};
